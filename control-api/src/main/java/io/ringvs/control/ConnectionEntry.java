package io.ringvs.control;

import io.ringvs.service.IpAddress;

/**
 * One connection or template as listings show it.
 *
 * @param protocol       IP protocol number; 0 for a template of a fwmark service, whose mark stands as virtual address
 * @param state          name of its state
 * @param secondsLeft    time until it expires
 * @param local          where a FULLNAT connection's real server sees it come from, or null
 * @param engine         persistence engine of a template that has one, or null
 * @param engineData     what the engine found, or null
 */
public record ConnectionEntry(
    int protocol, String state, long secondsLeft, IpAddress client, int clientPort, IpAddress virtual,
    int virtualPort, IpAddress destination, int destinationPort, IpAddress local, int localPort, String engine,
    String engineData) {

    /** One that is not forwarded by FULLNAT. */
    public ConnectionEntry(
        final int protocol, final String state, final long secondsLeft, final IpAddress client, final int clientPort,
        final IpAddress virtual, final int virtualPort, final IpAddress destination, final int destinationPort,
        final String engine, final String engineData) {
        this(protocol, state, secondsLeft, client, clientPort, virtual, virtualPort, destination, destinationPort,
            null, 0, engine, engineData);
    }
}
