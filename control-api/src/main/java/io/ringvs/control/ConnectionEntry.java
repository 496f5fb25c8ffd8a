package io.ringvs.control;

import io.ringvs.service.IpAddress;

/**
 * One connection or template as listings show it.
 *
 * @param protocol       IP protocol number; 0 for a template of a fwmark service, whose mark stands as virtual address
 * @param state          name of its state
 * @param secondsLeft    time until it expires
 * @param engine         persistence engine of a template that has one, or null
 * @param engineData     what the engine found, or null
 */
public record ConnectionEntry(
    int protocol, String state, long secondsLeft, IpAddress client, int clientPort, IpAddress virtual,
    int virtualPort, IpAddress destination, int destinationPort, String engine, String engineData) {
}
