package io.ringvs.conntab;

import io.ringvs.service.IpProtocol;

/**
 * How long a connection lives after its last packet, by protocol and state.
 *
 * <p><b>Threading:</b> immutable; a change makes a new one, which takes effect for an existing connection at its next
 * packet.
 *
 * <p><b>Source:</b> the timeout tables of Linux 6.1 {@code ip_vs_proto_*.c}; changed as {@code ipvsadm --set} does.
 */
public final class ProtocolTimeouts {
    /** What Linux starts with. */
    public static final ProtocolTimeouts DEFAULTS = new ProtocolTimeouts();

    /** The longest timeout that can be set, in seconds. */
    public static final int MAX_SECONDS = Integer.MAX_VALUE / Ticks.PER_SECOND;

    /** Of a connection not yet stepped by a packet: 3 s. */
    static final int CREATION_TICKS = 3 * Ticks.PER_SECOND;
    /** Of a connection that could not end because it controls others: 60 s. */
    static final int CONTROLLING_TICKS = 60 * Ticks.PER_SECOND;

    /** Ticks; index: event without its low three bits, then state. SCTP's events fill two such ranges. */
    private final int[] ticks = new int[64];

    private ProtocolTimeouts() {
        fill(TcpStates.SYN, TcpStates.TIMEOUTS);
        fill(UdpStates.PACKET, UdpStates.TIMEOUTS);
        fill(SctpStates.DATA, SctpStates.TIMEOUTS);
        fill(SctpStates.ERROR, SctpStates.TIMEOUTS);
    }

    private void fill(final int event, final int[] seconds) {
        for (int state = 0; state < seconds.length; state++) {
            ticks[index(event, state)] = Ticks.ofSeconds(seconds[state]);
        }
    }

    private static int index(final int event, final int state) {
        return (event >>> 3) << 4 | state;
    }

    /**
     * These timeouts with those of {@code --set tcp tcpfin udp} changed, in seconds; 0 leaves one as it is.
     *
     * @throws IllegalArgumentException when one is negative or longer than {@link #MAX_SECONDS}; names it
     */
    public ProtocolTimeouts with(final int tcp, final int tcpFin, final int udp) {
        check("tcp", tcp);
        check("tcpfin", tcpFin);
        check("udp", udp);
        final ProtocolTimeouts changed = new ProtocolTimeouts();
        System.arraycopy(ticks, 0, changed.ticks, 0, ticks.length);
        changed.set(TcpStates.SYN, TcpStates.ESTABLISHED, tcp);
        changed.set(TcpStates.SYN, TcpStates.FIN_WAIT, tcpFin);
        changed.set(UdpStates.PACKET, UdpStates.NORMAL, udp);
        return changed;
    }

    private static void check(final String name, final int seconds) {
        if (seconds < 0 || seconds > MAX_SECONDS) {
            throw new IllegalArgumentException(
                name + " timeout " + seconds + " s is not in 0.." + MAX_SECONDS);
        }
    }

    private void set(final int event, final int state, final int seconds) {
        if (seconds != 0) {
            ticks[index(event, state)] = Ticks.ofSeconds(seconds);
        }
    }

    /** Ticks that a connection of the event's protocol lives in {@code state}. */
    int ticks(final int event, final int state) {
        return ticks[index(event, state)];
    }

    /** Seconds that a connection lives in {@code state}; 0 for a protocol without states. */
    public int seconds(final int protocol, final int state) {
        final int event = switch (protocol) {
            case IpProtocol.TCP -> TcpStates.SYN;
            case IpProtocol.UDP -> UdpStates.PACKET;
            case IpProtocol.SCTP -> SctpStates.DATA;
            default -> -1;
        };
        return event < 0 ? 0 : ticks(event, state) / Ticks.PER_SECOND;
    }

    /** The three that {@code -L --timeout} shows. */
    public int tcpSeconds() {
        return seconds(IpProtocol.TCP, TcpStates.ESTABLISHED);
    }

    public int tcpFinSeconds() {
        return seconds(IpProtocol.TCP, TcpStates.FIN_WAIT);
    }

    public int udpSeconds() {
        return seconds(IpProtocol.UDP, UdpStates.NORMAL);
    }
}
