package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets and fields of the IPv4 header, read and written at a raw pointer.
 *
 * <pre>
 *   0  version 4 bits, header length 4 bits (words of 4 bytes)     1  type of service     2  total length u16
 *   4  identification u16     6  reserved, DF, MF, fragment offset 13 bits (units of 8 bytes)
 *   8  time to live     9  protocol     10  header checksum u16
 *  12  source, 4 bytes     16  destination, 4 bytes     20  options
 * </pre>
 *
 * <p>All fields are in network byte order; what is called <i>wire</i> stays so, natively loaded.
 *
 * <p><b>Source</b>: RFC 791 section 3.1.
 */
public final class Ipv4Header {
    public static final int VERSION_AND_LENGTH = 0;
    public static final int TYPE_OF_SERVICE = 1;
    public static final int TOTAL_LENGTH = 2;
    public static final int IDENTIFICATION = 4;
    public static final int FRAGMENT = 6;
    public static final int TIME_TO_LIVE = 8;
    public static final int PROTOCOL = 9;
    public static final int CHECKSUM = 10;
    public static final int SOURCE = 12;
    public static final int DESTINATION = 16;
    /** Bytes of the header without options. */
    public static final int MIN_LENGTH = 20;

    /** "More fragments" in {@link #fragmentField}. */
    public static final int MORE_FRAGMENTS = 0x2000;
    /** The fragment offset there, in units of 8 bytes. */
    public static final int OFFSET_MASK = 0x1fff;

    /** First byte of a header without options. */
    public static final int VERSION_4_NO_OPTIONS = 0x45;

    /** "More fragments" and the fragment offset, in a native little-endian load of the field. */
    private static final int WIRE_FRAGMENTED = 0xff3f;
    /** The fragment offset likewise. */
    private static final int WIRE_OFFSET = 0xff1f;
    /** "Do not fragment" likewise. */
    public static final int WIRE_DO_NOT_FRAGMENT = 0x0040;

    private Ipv4Header() {
    }

    /** Version (high 4 bits) and header length in words (low 4 bits). */
    public static int versionAndLength(final long header) {
        return UnsafeApi.getByte(header + VERSION_AND_LENGTH) & 0xff;
    }

    /** Header and payload, in bytes. */
    public static int totalLength(final long header) {
        return Short.reverseBytes(UnsafeApi.getShort(header + TOTAL_LENGTH)) & 0xffff;
    }

    /** Flags (high 3 bits) and fragment offset in units of 8 bytes, host order. */
    /** Changes the length of the packet, in bytes, and the checksum. */
    public static void totalLength(final long header, final int length) {
        UnsafeApi.putShort(header + TOTAL_LENGTH, Short.reverseBytes((short)length));
        UnsafeApi.putShort(header + CHECKSUM, (short)0);
        UnsafeApi.putShort(
            header + CHECKSUM, InternetChecksum.of(header, (versionAndLength(header) & 0xf) << 2));
    }

    public static int fragmentField(final long header) {
        return Short.reverseBytes(UnsafeApi.getShort(header + FRAGMENT)) & 0xffff;
    }

    /** Whether the packet is a fragment, first or later. */
    public static boolean isFragment(final long header) {
        return (UnsafeApi.getShort(header + FRAGMENT) & WIRE_FRAGMENTED) != 0;
    }

    /** Whether the packet is a fragment other than the first. */
    public static boolean isLaterFragment(final long header) {
        return (UnsafeApi.getShort(header + FRAGMENT) & WIRE_OFFSET) != 0;
    }

    /** Identification, as natively loaded. */
    public static int identification(final long header) {
        return UnsafeApi.getShort(header + IDENTIFICATION) & 0xffff;
    }

    public static boolean mustNotFragment(final long header) {
        return (UnsafeApi.getShort(header + FRAGMENT) & WIRE_DO_NOT_FRAGMENT) != 0;
    }

    public static int typeOfService(final long header) {
        return UnsafeApi.getByte(header + TYPE_OF_SERVICE) & 0xff;
    }

    /** In hops. */
    public static int timeToLive(final long header) {
        return UnsafeApi.getByte(header + TIME_TO_LIVE) & 0xff;
    }

    public static int protocol(final long header) {
        return UnsafeApi.getByte(header + PROTOCOL) & 0xff;
    }

    /** Wire word of the source address: its four bytes, natively loaded and zero-extended. */
    public static long sourceWord(final long header) {
        return UnsafeApi.getInt(header + SOURCE) & 0xffff_ffffL;
    }

    /** Wire word of the destination address. */
    public static long destinationWord(final long header) {
        return UnsafeApi.getInt(header + DESTINATION) & 0xffff_ffffL;
    }

    /**
     * Takes one from the time to live and corrects the checksum for it.
     *
     * <p>The word that changes is (time to live, protocol), so the checksum grows by 0x0100 in network order, which is
     * 1 in a native little-endian load, with the carry added back. A result of 0xffff would be an alias of 0 that a
     * header whose sum is correct never needs; Linux's ip_decrease_ttl() folds the same way.
     *
     * <p><b>Source</b>: RFC 1624 section 3.
     */
    public static void decrementTimeToLive(final long header) {
        UnsafeApi.putByte(header + TIME_TO_LIVE, (byte)(UnsafeApi.getByte(header + TIME_TO_LIVE) - 1));
        final int grown = (UnsafeApi.getShort(header + CHECKSUM) & 0xffff) + 1;
        UnsafeApi.putShort(header + CHECKSUM, (short)(grown + (grown >= 0xffff ? 1 : 0)));
    }

    /**
     * Makes a fragment's header that of its whole packet.
     *
     * @param totalLength  header and payload, in bytes
     * @param doNotDivide  whether the packet is not to be divided again
     * @param serviceAdded bits that the type of service gets in addition
     */
    public static void whole(
        final long header, final int totalLength, final boolean doNotDivide, final int serviceAdded) {
        UnsafeApi.putByte(header + TYPE_OF_SERVICE, (byte)(typeOfService(header) | serviceAdded));
        UnsafeApi.putShort(header + TOTAL_LENGTH, Short.reverseBytes((short)totalLength));
        UnsafeApi.putShort(header + FRAGMENT, (short)(doNotDivide ? WIRE_DO_NOT_FRAGMENT : 0));
        UnsafeApi.putShort(header + CHECKSUM, (short)0);
        UnsafeApi.putShort(
            header + CHECKSUM, InternetChecksum.of(header, (versionAndLength(header) & 0xf) << 2));
    }

    /**
     * Writes a whole header without options, checksum included. It is put together in registers: a checksum over bytes
     * just written would have to wait for them.
     *
     * @param totalLength header and payload, in bytes
     * @param wireIdentification identification (low 16 bits) and fragment field (high) as a native load gives them
     * @param addresses   source and destination, the 8 bytes that lie in the header, natively loaded
     */
    public static void write(
        final long header, final int typeOfService, final int totalLength, final int wireIdentification,
        final int timeToLive, final int protocol, final long addresses) {
        final long first = VERSION_4_NO_OPTIONS | typeOfService << Byte.SIZE
            | (Short.reverseBytes((short)totalLength) & 0xffffL) << Short.SIZE
            | (long)wireIdentification << Integer.SIZE;
        final long hops = timeToLive | protocol << Byte.SIZE;
        final long checksum =
            InternetChecksum.finish(InternetChecksum.add(InternetChecksum.add(hops, first), addresses)) & 0xffffL;
        UnsafeApi.putLong(header, first);
        UnsafeApi.putLong(header + TIME_TO_LIVE, hops | checksum << Short.SIZE | addresses << Integer.SIZE);
        UnsafeApi.putInt(header + DESTINATION, (int)(addresses >>> Integer.SIZE));
    }
}
