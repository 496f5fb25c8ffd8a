package io.ringvs.conntab;

/**
 * Offsets of one 64-byte connection line, and the fields of its control word. Integers are native; addresses and ports
 * are in network order.
 *
 * <pre>
 *   0  hop word u64       where connections stand whose home is this line, see {@link HopWord}. Belongs to the line
 *                         as a home, not to the connection that stands in it.
 *   8  control u32        life 0..2, version 3..7, state 8..11, last synced state 12..15, flags 16..31
 *  12  packets in u32
 *  16  client address     16 bytes, IPv4 in the first four
 *  32  virtual address    16 bytes
 *  48  client port u16, virtual port u16, protocol u8, kind u8 (4 or 6; high bits tell templates), destination port u16
 *  56  destination u32    destination id 0..23 (all ones: none), filed bucket of the timer wheel 24..31
 *  60  expires u32        ticks of 4 ms, wrapping
 * </pre>
 *
 * Bytes 16 to 53 are the key. It is written once, before the connection becomes visible, and not changed while it lives
 * (but for a template that is made unmatchable).
 */
final class ConnectionLayout {
    static final int LENGTH = 64;
    static final int SHIFT = 6;

    static final int HOP_WORD = 0;
    static final int CONTROL = 8;
    static final int IN_PACKETS = 12;
    static final int CLIENT_ADDRESS = 16;
    static final int VIRTUAL_ADDRESS = 32;
    static final int PORTS = 48;
    static final int VIRTUAL_PORT = 50;
    static final int PROTOCOL = 52;
    static final int KIND = 53;
    static final int DESTINATION_PORT = 54;
    static final int DESTINATION = 56;
    static final int EXPIRES = 60;

    /** Nobody's; may be claimed. */
    static final int FREE = 0;
    /** Claimed by an insert that has not yet won; not visible to lookups. */
    static final int TENTATIVE = 1;
    /** An insert that lost to another one of the same key. */
    static final int WITHDRAWN = 2;
    /** In the table. */
    static final int LIVE = 3;
    /** Taken out; readers may still hold it until the grace period is over. */
    static final int REMOVED = 4;

    private static final int LIFE_MASK = 0x7;
    private static final int VERSION_SHIFT = 3;
    private static final int VERSION_MASK = 0x1f;
    private static final int STATE_SHIFT = 8;
    private static final int OLD_STATE_SHIFT = 12;
    private static final int STATE_MASK = 0xf;
    private static final int FLAGS_SHIFT = 16;

    static final int DESTINATION_BITS = 24;
    private static final int DESTINATION_MASK = (1 << DESTINATION_BITS) - 1;

    private ConnectionLayout() {
    }

    static int control(final int life, final int version, final int state, final int flags) {
        return life | (version & VERSION_MASK) << VERSION_SHIFT | state << STATE_SHIFT | flags << FLAGS_SHIFT;
    }

    static int life(final int control) {
        return control & LIFE_MASK;
    }

    static int withLife(final int control, final int life) {
        return control & ~LIFE_MASK | life;
    }

    static int version(final int control) {
        return control >>> VERSION_SHIFT & VERSION_MASK;
    }

    static int state(final int control) {
        return control >>> STATE_SHIFT & STATE_MASK;
    }

    static int withState(final int control, final int state) {
        return control & ~(STATE_MASK << STATE_SHIFT) | state << STATE_SHIFT;
    }

    static int oldState(final int control) {
        return control >>> OLD_STATE_SHIFT & STATE_MASK;
    }

    static int withOldState(final int control, final int state) {
        return control & ~(STATE_MASK << OLD_STATE_SHIFT) | state << OLD_STATE_SHIFT;
    }

    static int flags(final int control) {
        return control >>> FLAGS_SHIFT;
    }

    static int withFlags(final int control, final int flags) {
        return control & (1 << FLAGS_SHIFT) - 1 | flags << FLAGS_SHIFT;
    }

    /** The destination word for a destination whose timer entry stands in bucket {@code filed}. */
    static int destinationWord(final int destination, final int filed) {
        return destination & DESTINATION_MASK | filed << DESTINATION_BITS;
    }

    /** Destination id, or {@link io.ringvs.service.DestinationTable#NONE}: the sign extension makes all ones -1. */
    static int destination(final int destinationWord) {
        return destinationWord << 32 - DESTINATION_BITS >> 32 - DESTINATION_BITS;
    }

    static int filed(final int destinationWord) {
        return destinationWord >>> DESTINATION_BITS;
    }
}
