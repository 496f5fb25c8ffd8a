package io.ringvs.packet;

/**
 * What the parser found in a frame, in one 64-bit word.
 *
 * <pre>
 *   bits  0..7    network offset: bytes from the start of the frame to the IP header
 *         8..15   protocol number of the transport header (behind all extension headers)
 *        16..31   network length: bytes of the packet from the IP header on, without link layer padding
 *        32..47   transport offset: bytes from the start of the frame to the transport header, or to a fragment's data
 *        48..55   event: TCP flags byte; SCTP chunk type, see {@link SctpHeader#event}; ICMP type; otherwise 0
 *        56..57   VLAN tags, 0..2
 *        58       IPv6
 *        59       first fragment      60   later fragment      61   put together from fragments
 * </pre>
 *
 * <p><b>Threading:</b> static functions of their arguments.
 */
public final class ParsedHeaders {
    public static final long IPV6 = 1L << 58;
    public static final long FIRST_FRAGMENT = 1L << 59;
    public static final long LATER_FRAGMENT = 1L << 60;

    public static final long REASSEMBLED = 1L << 61;

    private static final int PROTOCOL_SHIFT = 8;
    private static final int NETWORK_LENGTH_SHIFT = 16;
    private static final int TRANSPORT_OFFSET_SHIFT = 32;
    private static final int EVENT_SHIFT = 48;
    private static final int TAGS_SHIFT = 56;

    private ParsedHeaders() {
    }

    /** The word of a packet whose transport header has not been looked at. */
    static long network(final int networkOffset, final int networkLength, final long marks) {
        final long tags = (networkOffset - EthernetHeader.LENGTH) / EthernetHeader.TAG_LENGTH;
        return networkOffset | (long)networkLength << NETWORK_LENGTH_SHIFT | tags << TAGS_SHIFT | marks;
    }

    /** Adds where and what the transport header is. */
    static long transport(final long word, final int transportOffset, final int protocol, final int event) {
        return word | (long)transportOffset << TRANSPORT_OFFSET_SHIFT | (long)protocol << PROTOCOL_SHIFT
            | (event & 0xffL) << EVENT_SHIFT;
    }

    /** The word of the same packet once it is longer by {@code growth} bytes. */
    static long resized(final long word, final int growth) {
        return word + ((long)growth << NETWORK_LENGTH_SHIFT);
    }

    public static int networkOffset(final long word) {
        return (int)word & 0xff;
    }

    public static int protocol(final long word) {
        return (int)(word >>> PROTOCOL_SHIFT) & 0xff;
    }

    /** In bytes; what statistics count and MTUs limit. */
    public static int networkLength(final long word) {
        return (int)(word >>> NETWORK_LENGTH_SHIFT) & 0xffff;
    }

    public static int transportOffset(final long word) {
        return (int)(word >>> TRANSPORT_OFFSET_SHIFT) & 0xffff;
    }

    /** TCP flags, SCTP chunk type or ICMP type as an unsigned byte. */
    public static int event(final long word) {
        return (int)(word >>> EVENT_SHIFT) & 0xff;
    }

    /** Number of VLAN tags. */
    public static int tags(final long word) {
        return (int)(word >>> TAGS_SHIFT) & 0x3;
    }

    public static boolean isIpv6(final long word) {
        return (word & IPV6) != 0;
    }

    /** Whether the packet is a fragment, first or later. */
    public static boolean isFragment(final long word) {
        return (word & (FIRST_FRAGMENT | LATER_FRAGMENT)) != 0;
    }

    /** Whether the packet was put together from fragments: its frame is no frame of the UMEM. */
    public static boolean isReassembled(final long word) {
        return (word & REASSEMBLED) != 0;
    }

    /** Length of the frame without padding: link layer header and packet, in bytes. */
    public static int frameLength(final long word) {
        return networkOffset(word) + networkLength(word);
    }
}
