package io.ringvs.conntab;

import io.ringvs.service.IpProtocol;

/**
 * The protocol state machines in one table: the next state by direction, event and state.
 *
 * <p>An <em>event</em> is what a packet means to its protocol's machine; {@link TcpStates}, {@link UdpStates} and
 * {@link SctpStates} each have their own range of event numbers, so that the event alone tells the protocol.
 *
 * <pre>
 *   index = direction (2 bits) | event (5 bits) | state (4 bits)
 * </pre>
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_proto_tcp.c}, {@code ip_vs_proto_udp.c}, {@code ip_vs_proto_sctp.c}.
 */
public final class ConnectionStates {
    /** Client to server, replies seen. */
    static final int INPUT = 0;
    /** Server to client. */
    static final int OUTPUT = 1;
    /** Client to server, replies not seen by the director (direct routing, tunnelling). */
    static final int INPUT_ONLY = 2;

    /** State every connection starts from. */
    public static final int NONE = 0;
    /** State bit of a template one of whose connections was established. */
    public static final int TEMPLATE_ASSURED = 1;

    /** Power of two, and constant: an index masked by its length needs no bounds check. */
    static final int TABLE_LENGTH = 2048;
    static final int EVENTS = 32;
    static final int STATES = 16;
    private static final byte[] NORMAL = new byte[TABLE_LENGTH];
    /** As NORMAL, but with the TCP rows that secure_tcp puts in force. */
    private static final byte[] SECURE = new byte[TABLE_LENGTH];

    static {
        TcpStates.fill(NORMAL, false);
        TcpStates.fill(SECURE, true);
        for (final byte[] table : new byte[][] {NORMAL, SECURE}) {
            UdpStates.fill(table);
            SctpStates.fill(table);
        }
    }

    private ConnectionStates() {
    }

    static int index(final int direction, final int event, final int state) {
        return direction << 9 | event << 4 | state;
    }

    /** The state after a packet. */
    static int next(final boolean secureTcp, final int direction, final int event, final int state) {
        return (secureTcp ? SECURE : NORMAL)[index(direction, event, state) & TABLE_LENGTH - 1];
    }

    /** Whether connections of the event's protocol count as active in {@code state}. */
    static boolean isActive(final int event, final int state) {
        return switch (protocolOfEvent(event)) {
            case IpProtocol.TCP -> TcpStates.isActive(state);
            case IpProtocol.SCTP -> state == SctpStates.ESTABLISHED;
            default -> false;
        };
    }

    /** Whether reaching {@code state} assures the template. */
    static boolean isEstablished(final int event, final int state) {
        return switch (protocolOfEvent(event)) {
            case IpProtocol.TCP -> state == TcpStates.ESTABLISHED;
            case IpProtocol.SCTP -> state == SctpStates.ESTABLISHED;
            default -> false;
        };
    }

    static int protocolOfEvent(final int event) {
        if (event < UdpStates.PACKET) {
            return IpProtocol.TCP;
        }
        return event < SctpStates.DATA ? IpProtocol.UDP : IpProtocol.SCTP;
    }

    /** The state's name in listings. */
    public static String name(final int protocol, final boolean template, final int state) {
        if (template) {
            return (state & TEMPLATE_ASSURED) != 0 ? "ASSURED" : "NONE";
        }
        return switch (protocol) {
            case IpProtocol.TCP -> TcpStates.name(state);
            case IpProtocol.UDP -> UdpStates.name(state);
            case IpProtocol.SCTP -> SctpStates.name(state);
            case IpProtocol.IP -> "NONE";
            default -> "ERR!";
        };
    }
}
