package io.ringvs.fastpath;

import io.ringvs.conntab.SctpStates;
import io.ringvs.conntab.TcpStates;
import io.ringvs.conntab.UdpStates;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.SctpHeader;
import io.ringvs.packet.TcpHeader;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;

/**
 * What a packet means to its protocol: to the state machine, and for the question whether it may open a connection.
 *
 * <p><b>Threading:</b> static functions of their arguments.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_proto_tcp.c}, {@code ip_vs_proto_sctp.c} (conn_schedule) and is_new_conn of
 * {@code ip_vs_core.c}.
 */
final class ProtocolEvent {
    /** Of a packet that means nothing to its protocol. */
    static final int NONE = WorkerConnections.NO_EVENT;

    private ProtocolEvent() {
    }

    /** The event for the connection's state machine. */
    static int of(final long headers) {
        final int event = ParsedHeaders.event(headers);
        final int protocol = ParsedHeaders.protocol(headers);
        if (protocol == IpProtocol.TCP) {
            return TcpStates.event(event);
        }
        return protocol == IpProtocol.UDP ? UdpStates.PACKET : SctpStates.event(event);
    }

    /** Whether the packet asks for a new connection even where there is one: TCP SYN, SCTP INIT. */
    static boolean isOpening(final long headers) {
        final int event = ParsedHeaders.event(headers);
        final int protocol = ParsedHeaders.protocol(headers);
        return protocol == IpProtocol.TCP && (event & TcpHeader.SYN) != 0
            || protocol == IpProtocol.SCTP && event == SctpHeader.INIT;
    }

    /** Whether a packet that belongs to no connection may open one. */
    static boolean maySchedule(final long headers, final IpvsSettings settings) {
        final int event = ParsedHeaders.event(headers);
        return switch (ParsedHeaders.protocol(headers)) {
            case IpProtocol.TCP ->
                (event & TcpHeader.RST) == 0 && ((event & TcpHeader.SYN) != 0 || settings.sloppyTcp());
            case IpProtocol.SCTP ->
                event != SctpHeader.ABORT && (event == SctpHeader.INIT || settings.sloppySctp());
            default -> true;
        };
    }
}
