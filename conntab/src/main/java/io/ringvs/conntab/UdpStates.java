package io.ringvs.conntab;

/**
 * UDP's one state. Every packet, either way, restarts its timeout.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_proto_udp.c}.
 */
public final class UdpStates {
    public static final int NORMAL = 0;

    /** The one event. */
    public static final int PACKET = 8;

    /** Seconds. */
    static final int[] TIMEOUTS = {300};

    private UdpStates() {
    }

    static String name(final int state) {
        return state == NORMAL ? "UDP" : "ERR!";
    }

    static void fill(final byte[] table) {
        for (int direction = ConnectionStates.INPUT; direction <= ConnectionStates.INPUT_ONLY; direction++) {
            StateRows.fill(table, direction, PACKET, "NO", "NO");
        }
    }
}
