package io.ringvs.conntab;

import org.agrona.UnsafeApi;

/**
 * Offsets of one 32-byte cold line: what few connections need. A slot's cold line is used only while its connection has
 * the EXTENDED flag; the lines of all others stay untouched and cost no memory. Integers are native.
 *
 * <pre>
 *   0  parent slot u32       the template or control connection it belongs to, -1 none
 *   4  children u32          how many connections it controls; top bit: closed, it is ending and takes no more
 *   8  firewall mark u32
 *  12  timeout u32           ticks; 0: the timeout of its protocol state
 *  16  end announced u32     ticks; what the last sync message said (sync)
 *  20  engine record u32     0..23 record of the persistence engine's data, 0 none; 24..29 distance from its
 *                          home, 30 whether that is a later home
 *  24  helper u64            of a connection with a helper, the helper's own; of one without client port, the port that
 *                          fills it in and {@link #PORT_CLAIMED}, 0 while there is none
 *  24  local end u32         of a FULLNAT connection, which has no helper: address and port towards the server, see
 *                          LocalAddress
 *  28  first answer u32      of it over TCP: what the client acknowledges once it has the server's SYN, host order
 * </pre>
 */
final class ColdLayout {
    static final int LENGTH = 32;
    static final int SHIFT = 5;

    static final int PARENT = 0;
    static final int CHILDREN = 4;
    static final int FIREWALL_MARK = 8;
    static final int TIMEOUT = 12;
    static final int SYNC_END = 16;
    static final int ENGINE = 20;
    static final int HELPER = 24;
    static final int LOCAL_END = 24;
    static final int FIRST_ANSWER = 28;

    static final int CLOSED = 0x8000_0000;
    static final int DISTANCE_SHIFT = 24;
    static final int AT_LATER_HOME = 1 << 30;
    static final long PORT_CLAIMED = 1L << 16;

    private ColdLayout() {
    }

    /** Record of the persistence engine's data that a template's cold line names. */
    static int engineRecord(final long line) {
        return UnsafeApi.getInt(line + ENGINE) & (1 << DISTANCE_SHIFT) - 1;
    }
}
