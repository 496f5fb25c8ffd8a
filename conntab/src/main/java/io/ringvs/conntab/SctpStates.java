package io.ringvs.conntab;

/**
 * SCTP connection states, events and transitions.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_proto_sctp.c}: {@code sctp_states}, {@code sctp_timeouts},
 * {@code sctp_events}.
 */
public final class SctpStates {
    public static final int NONE = 0;
    public static final int INIT1 = 1;
    public static final int INIT = 2;
    public static final int COOKIE_SENT = 3;
    public static final int COOKIE_REPLIED = 4;
    public static final int COOKIE_WAIT = 5;
    public static final int COOKIE = 6;
    public static final int COOKIE_ECHOED = 7;
    public static final int ESTABLISHED = 8;
    public static final int SHUTDOWN_SENT = 9;
    public static final int SHUTDOWN_RECEIVED = 10;
    public static final int SHUTDOWN_ACK_SENT = 11;
    public static final int REJECTED = 12;
    public static final int CLOSED = 13;
    static final int COUNT = 14;

    /** Events: the meaning of the first chunk. */
    public static final int DATA = 16;
    public static final int INITIATE = 17;
    public static final int INIT_ACK = 18;
    public static final int COOKIE_ECHO = 19;
    public static final int COOKIE_ACK = 20;
    public static final int SHUTDOWN = 21;
    public static final int SHUTDOWN_ACK = 22;
    public static final int SHUTDOWN_COMPLETE = 23;
    public static final int ERROR = 24;
    public static final int ABORT = 25;

    /** Events by chunk type 0..14; all others are data. Chunk types: RFC 9260 section 3.2, RFC 4960 for 12 and 13. */
    private static final byte[] EVENT_OF_CHUNK = {
        DATA, INITIATE, INIT_ACK, DATA, DATA, DATA, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO, COOKIE_ACK,
        DATA, DATA, SHUTDOWN_COMPLETE, DATA};

    private static final String[] NAMES = {
        "NONE", "INIT1", "INIT", "C-SENT", "C-REPLIED", "C-WAIT", "COOKIE", "C-ECHOED",
        "ESTABLISHED", "S-SENT", "S-RECEIVED", "S-ACK-SENT", "REJECTED", "CLOSED"};
    private static final String SHORT_NAMES = "NO I1 IN CS CR CW CO CE ES SS SR SA RJ CL";

    /** Seconds, by state. */
    static final int[] TIMEOUTS = {2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61};

    /** Rows: the events from DATA to ABORT. Columns: the state before, in the order of SHORT_NAMES. */
    private static final String[] INPUT = {
        "ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL",
        "I1 IN IN CS CR CW CO CE ES SS SR SA IN IN",
        "CW CW CW CS CR CO CO CE ES SS SR SA RJ CL",
        "CR IN IN CR CR CW CO CE ES SS SR SA RJ CL",
        "ES I1 IN CS CR CW CO ES ES SS SR SA RJ CL",
        "SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL",
        "CL IN IN CS CR CW CO CE ES CL SR CL RJ CL",
        "CL CL CL CS CR CW CO CE ES SS SR CL RJ CL",
        "CL I1 IN CS CR CW CO CL ES SS SR SA RJ CL",
        "CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"};
    private static final String[] OUTPUT = {
        "ES I1 IN CS CR CW CO CE ES SS SR SA RJ CL",
        "CW CW CW CW CW CW CW CW ES CW CW CW CW CW",
        "CS CS CS CS CR CW CO CE ES SS SR SA RJ CL",
        "CE CE CE CE CE CE CE CE ES SS SR SA RJ CL",
        "ES ES ES ES ES ES ES ES ES SS SR SA RJ CL",
        "SS SS SS SS SS SS SS SS SS SS SR SA RJ CL",
        "SA SA SA SA SA CW CO CE ES SA SA SA RJ CL",
        "CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL",
        "CL CL CL CL CL CW CO CE ES SS SR SA RJ CL",
        "CL RJ CL CL CL CL CL CL CL CL CL CL CL CL"};
    private static final String[] INPUT_ONLY = {
        "ES I1 IN CS CR ES CO CE ES SS SR SA RJ CL",
        "I1 IN IN IN IN IN CO CE ES SS SR SA IN IN",
        "CE CE CE CE CE CE CO CE ES SS SR SA RJ CL",
        "ES ES ES ES ES ES CO CE ES SS SR SA RJ CL",
        "ES I1 IN ES ES CW ES ES ES SS SR SA RJ CL",
        "SR I1 IN CS CR CW CO CE SR SS SR SA RJ CL",
        "CL IN IN CS CR CW CO CE CL CL SR CL RJ CL",
        "CL CL CL CL CL CW CO CE ES SS CL CL RJ CL",
        "CL I1 IN CS CR CW CO CE ES SS SR SA RJ CL",
        "CL CL CL CL CL RJ CL CL CL CL CL CL CL CL"};

    private SctpStates() {
    }

    /** The event of a packet whose first chunk has the given type. */
    public static int event(final int chunkType) {
        return EVENT_OF_CHUNK[Math.min(chunkType & 0xff, EVENT_OF_CHUNK.length - 1)];
    }

    /**
     * Whether the chunk after the first one must be looked at: an ABORT that follows a COOKIE ECHO or a COOKIE ACK
     * counts in its place. The second chunk begins at the first one's length rounded up to four bytes.
     */
    public static boolean looksAtSecondChunk(final int chunkType, final int chunkLength) {
        final int event = event(chunkType);
        return (event == COOKIE_ECHO || event == COOKIE_ACK) && chunkLength >= 4;
    }

    /** The event of a packet whose second chunk had to be looked at. */
    public static int event(final int chunkType, final int secondChunkType) {
        return event(secondChunkType) == ABORT ? ABORT : event(chunkType);
    }

    static String name(final int state) {
        return state < COUNT ? NAMES[state] : "ERR!";
    }

    static void fill(final byte[] table) {
        fill(table, ConnectionStates.INPUT, INPUT);
        fill(table, ConnectionStates.OUTPUT, OUTPUT);
        fill(table, ConnectionStates.INPUT_ONLY, INPUT_ONLY);
    }

    private static void fill(final byte[] table, final int direction, final String[] rows) {
        for (int event = DATA; event <= ABORT; event++) {
            StateRows.fill(table, direction, event, rows[event - DATA], SHORT_NAMES);
        }
    }
}
