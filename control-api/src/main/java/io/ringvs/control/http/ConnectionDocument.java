package io.ringvs.control.http;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.service.IpProtocol;

/**
 * A connection or template.
 *
 * @param protocol    TCP, UDP, SCTP; IP for a template of a firewall mark
 * @param state       as {@code ringvs adm -Lnc} shows it
 * @param secondsLeft until it expires
 * @param engine      persistence engine, or null
 * @param engineData  what the engine found, or null
 */
record ConnectionDocument(
    String protocol, String state, long secondsLeft, String clientAddress, int clientPort, String virtualAddress,
    int virtualPort, String destinationAddress, int destinationPort, String engine, String engineData) {

    /** All connections, as they are read. */
    static Reply.Pieces all(final ConnectionSource source) {
        final ConnectionSource.Cursor cursor = source.open();
        return new ListPieces("{\"connections\":", () -> {
            final ConnectionEntry entry = cursor.next();
            return entry == null ? null : of(entry);
        }, cursor::close);
    }

    static ConnectionDocument of(final ConnectionEntry entry) {
        return new ConnectionDocument(IpProtocol.name(entry.protocol()), entry.state(), entry.secondsLeft(),
            entry.client().toString(), entry.clientPort(), entry.virtual().toString(), entry.virtualPort(),
            entry.destination().toString(), entry.destinationPort(), entry.engine(), entry.engineData());
    }
}
