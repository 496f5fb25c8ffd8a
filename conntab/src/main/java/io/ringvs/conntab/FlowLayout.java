package io.ringvs.conntab;

/**
 * Offsets of one 64-byte entry of a {@link FlowBatch}: the key of a packet's flow, and what the lookup says of it.
 *
 * <pre>
 *   0  client address    16 bytes in network order, IPv4 in the first four and the rest 0
 *  16  virtual address   16 bytes
 *  32  client port u16, virtual port u16 (network order), protocol u8, kind u8 (4 or 6), 0 u16
 *  40  hash u64          written by the lookup
 *  48  slot i32          written by the lookup: the connection's slot, or {@link #NOT_FOUND}
 *  52  home i32          written by the lookup
 *  56  8 bytes           the caller's own
 * </pre>
 *
 * The first 40 bytes lie as in a connection line, so that both are compared as five longs.
 */
public final class FlowLayout {
    public static final int CLIENT_ADDRESS = 0;
    public static final int VIRTUAL_ADDRESS = 16;
    public static final int PORTS = 32;
    public static final int CLIENT_PORT = 32;
    public static final int VIRTUAL_PORT = 34;
    public static final int PROTOCOL = 36;
    public static final int KIND = 37;
    public static final int HASH = 40;
    public static final int SLOT = 48;
    public static final int HOME = 52;
    public static final int USER = 56;
    public static final int LENGTH = 64;

    /** In place of a slot: no connection has this key. */
    public static final int NOT_FOUND = -1;

    /** In place of a slot, from here downwards: the packet is an answer of the real server of a connection. */
    private static final int FIRST_REPLY = -2;

    /** In place of a slot, from here upwards: the packet is one of a connection whose client port is not yet known. */
    private static final int FIRST_PORTLESS = Integer.MIN_VALUE;
    private static final int BEYOND_PORTLESS = FIRST_PORTLESS + FlowTable.MAX_SLOTS;

    /** Kind of a packet's flow. */
    public static final int IPV4 = 4;
    public static final int IPV6 = 6;
    /** Of the kind: the family. */
    static final int FAMILY_MASK = 0x0f;
    /** Added to the kind: the key of a persistence template, so that no packet's key ever equals it. */
    public static final int TEMPLATE_KIND = 0x80;
    /** Added to the kind: a connection whose client port is not yet known. */
    public static final int NO_CLIENT_PORT_KIND = 0x40;
    /** Added to the kind: no packet is to find it any more; it only waits for its end. */
    public static final int HIDDEN_KIND = 0x10;
    /** Added to the kind of a template: it also carries data of a persistence engine. */
    public static final int ENGINE_KIND = 0x20;

    /** The part of the ports word that is key: all but the last two bytes (little-endian, as everywhere here). */
    static final long KEY_MASK = 0x0000_ffff_ffff_ffffL;

    private FlowLayout() {
    }

    /** What stands in place of a slot for an answer to the client of connection {@code slot}. */
    static int ofReply(final int slot) {
        return FIRST_REPLY - slot;
    }

    /** Whether what stands in place of a slot says that the packet is a real server's answer. */
    public static boolean isReply(final int result) {
        return result <= FIRST_REPLY && result >= BEYOND_PORTLESS;
    }

    /** The connection that an answer belongs to. */
    public static int slotOfReply(final int result) {
        return FIRST_REPLY - result;
    }

    /** What stands in place of a slot for a packet to connection {@code slot}, which has no client port yet. */
    static int ofPortless(final int slot) {
        return FIRST_PORTLESS + slot;
    }

    /** Whether what stands in place of a slot says that the packet may fill in a connection's client port. */
    public static boolean isPortless(final int result) {
        return result < BEYOND_PORTLESS;
    }

    /** The connection whose client port the packet may fill in. */
    public static int slotOfPortless(final int result) {
        return result - FIRST_PORTLESS;
    }

    /**
     * The ports word of a key.
     *
     * @param clientPort  as natively loaded from its two bytes in network order
     * @param virtualPort likewise
     * @param kind        {@link #IPV4} or {@link #IPV6}
     */
    public static long portsWord(
        final short clientPort, final short virtualPort, final int protocol, final int kind) {
        return clientPort & 0xffffL | (virtualPort & 0xffffL) << 16 | (protocol & 0xffL) << 32 | (kind & 0xffL) << 40;
    }
}
