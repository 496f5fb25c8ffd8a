package io.ringvs.conntab;

/**
 * TCP connection states, events and transitions.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_proto_tcp.c}: {@code tcp_states}, {@code tcp_states_dos},
 * {@code tcp_timeouts}, {@code tcp_state_active_table}.
 */
public final class TcpStates {
    public static final int NONE = 0;
    public static final int ESTABLISHED = 1;
    public static final int SYN_SENT = 2;
    public static final int SYN_RECV = 3;
    public static final int FIN_WAIT = 4;
    public static final int TIME_WAIT = 5;
    public static final int CLOSE = 6;
    public static final int CLOSE_WAIT = 7;
    public static final int LAST_ACK = 8;
    public static final int LISTEN = 9;
    public static final int SYNACK = 10;
    static final int COUNT = 11;

    /** Events: the first of RST, SYN, FIN, ACK that the packet bears; none of them closes the connection. */
    public static final int SYN = 0;
    public static final int FIN = 1;
    public static final int ACK = 2;
    public static final int RST = 3;
    public static final int NO_FLAG = 4;

    private static final int FLAG_FIN = 0x01;
    private static final int FLAG_SYN = 0x02;
    private static final int FLAG_RST = 0x04;
    private static final int FLAG_ACK = 0x10;

    private static final int ACTIVE = 1 << ESTABLISHED | 1 << SYN_SENT | 1 << SYN_RECV | 1 << SYNACK;

    private static final String[] NAMES = {
        "NONE", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT", "TIME_WAIT",
        "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "SYNACK"};
    private static final String SHORT_NAMES = "NO ES SS SR FW TW CL CW LA LI SA";

    /** Seconds, by state. */
    static final int[] TIMEOUTS = {2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120};

    /** Rows: syn, fin, ack, rst. Columns: the state before, in the order of SHORT_NAMES. */
    private static final String[] INPUT = {
        "SR ES ES SR SR SR SR SR SR SR SR",
        "CL CW SS TW TW TW CL CW LA LI TW",
        "ES ES SS ES FW TW CL CW CL LI ES",
        "CL CL CL SR CL CL CL CL LA LI SR"};
    private static final String[] OUTPUT = {
        "SS ES SS SR SS SS SS SS SS LI SR",
        "TW FW SS TW FW TW CL TW LA LI TW",
        "ES ES SS ES FW TW CL CW LA ES ES",
        "CL CL SS CL CL TW CL CL CL CL CL"};
    private static final String[] INPUT_ONLY = {
        "SR ES ES SR SR SR SR SR SR SR SR",
        "CL FW SS TW FW TW CL CW LA LI TW",
        "ES ES SS ES FW TW CL CW CL LI ES",
        "CL CL CL SR CL CL CL CL LA LI CL"};

    private static final String[] SECURE_INPUT = {
        "SR ES ES SR SR SR SR SR SR SR SA",
        "CL CW SS TW TW TW CL CW LA LI SA",
        "ES ES SS SR FW TW CL CW CL LI SA",
        "CL CL CL SR CL CL CL CL LA LI CL"};
    private static final String[] SECURE_OUTPUT = {
        "SS ES SS SA SS SS SS SS SS LI SA",
        "TW FW SS TW FW TW CL TW LA LI TW",
        "ES ES SS ES FW TW CL CW LA ES ES",
        "CL CL SS CL CL TW CL CL CL CL CL"};
    private static final String[] SECURE_INPUT_ONLY = {
        "SA ES ES SR SA SA SA SA SA SA SA",
        "CL FW SS TW FW TW CL CW LA LI TW",
        "ES ES SS ES FW TW CL CW CL LI ES",
        "CL CL CL SR CL CL CL CL LA LI CL"};

    /** By flags byte: one load instead of a test for each flag. */
    private static final byte[] EVENTS = new byte[1 << Byte.SIZE];

    static {
        for (int flags = 0; flags < EVENTS.length; flags++) {
            EVENTS[flags] = (byte) eventOf(flags);
        }
    }

    private TcpStates() {
    }

    /** The event of a packet with the given flags byte (offset 13 of the TCP header). */
    public static int event(final int flags) {
        return EVENTS[flags & EVENTS.length - 1];
    }

    private static int eventOf(final int flags) {
        if ((flags & FLAG_RST) != 0) {
            return RST;
        }
        if ((flags & FLAG_SYN) != 0) {
            return SYN;
        }
        if ((flags & FLAG_FIN) != 0) {
            return FIN;
        }
        return (flags & FLAG_ACK) != 0 ? ACK : NO_FLAG;
    }

    static boolean isActive(final int state) {
        return (ACTIVE >>> state & 1) != 0;
    }

    static String name(final int state) {
        return state < COUNT ? NAMES[state] : "ERR!";
    }

    static void fill(final byte[] table, final boolean secure) {
        fill(table, ConnectionStates.INPUT, secure ? SECURE_INPUT : INPUT);
        fill(table, ConnectionStates.OUTPUT, secure ? SECURE_OUTPUT : OUTPUT);
        fill(table, ConnectionStates.INPUT_ONLY, secure ? SECURE_INPUT_ONLY : INPUT_ONLY);
    }

    private static void fill(final byte[] table, final int direction, final String[] rows) {
        for (int event = SYN; event <= RST; event++) {
            StateRows.fill(table, direction, event, rows[event], SHORT_NAMES);
        }
        for (int state = 0; state < COUNT; state++) {
            table[ConnectionStates.index(direction, NO_FLAG, state)] = CLOSE;
        }
    }
}
