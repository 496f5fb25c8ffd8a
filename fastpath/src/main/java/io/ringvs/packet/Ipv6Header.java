package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets and fields of the IPv6 header and of its extension headers, read and written at a raw pointer.
 *
 * <pre>
 *   0  version 4 bits, traffic class 8 bits, flow label 20 bits
 *   4  payload length u16     6  next header     7  hop limit
 *   8  source, 16 bytes     24  destination, 16 bytes
 * </pre>
 *
 * An extension header begins with the next header's number and its own length; the fragment header is
 *
 * <pre>
 *   0  next header     1  reserved     2  offset 13 bits (units of 8 bytes), reserved 2 bits, M 1 bit
 *   4  identification u32
 * </pre>
 *
 * <p>All fields are in network byte order; what is called <i>wire</i> stays so, natively loaded.
 *
 * <p><b>Source</b>: RFC 8200 sections 3 and 4; RFC 4302 section 2.2 (length of the authentication header).
 */
public final class Ipv6Header {
    public static final int PAYLOAD_LENGTH = 4;
    public static final int NEXT_HEADER = 6;
    public static final int HOP_LIMIT = 7;
    public static final int SOURCE = 8;
    public static final int DESTINATION = 24;
    public static final int LENGTH = 40;

    public static final int HOP_BY_HOP = 0;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    public static final int AUTHENTICATION = 51;
    public static final int NO_NEXT_HEADER = 59;
    public static final int DESTINATION_OPTIONS = 60;

    /** Bytes that every extension header has at least. */
    public static final int MIN_EXTENSION_LENGTH = 8;

    private static final int FRAGMENT_OFFSET_FIELD = 2;
    private static final int FRAGMENT_IDENTIFICATION = 4;
    /** Offset and M, in a native little-endian load of the field. */
    private static final int WIRE_FRAGMENTED = 0xf9ff;
    /** Offset likewise. */
    private static final int WIRE_OFFSET = 0xf8ff;

    private Ipv6Header() {
    }

    public static int version(final long header) {
        return (UnsafeApi.getByte(header) & 0xf0) >>> 4;
    }

    public static int trafficClass(final long header) {
        return Short.reverseBytes(UnsafeApi.getShort(header)) >>> 4 & 0xff;
    }

    /** Bytes after the 40 of this header. */
    public static int payloadLength(final long header) {
        return Short.reverseBytes(UnsafeApi.getShort(header + PAYLOAD_LENGTH)) & 0xffff;
    }

    /** @param length of all behind the header, in bytes */
    public static void payloadLength(final long header, final int length) {
        UnsafeApi.putShort(header + PAYLOAD_LENGTH, Short.reverseBytes((short)length));
    }

    public static int nextHeader(final long header) {
        return UnsafeApi.getByte(header + NEXT_HEADER) & 0xff;
    }

    /** In hops. */
    public static int hopLimit(final long header) {
        return UnsafeApi.getByte(header + HOP_LIMIT) & 0xff;
    }

    /** Takes one from the hop limit; nothing else depends on it. */
    public static void decrementHopLimit(final long header) {
        UnsafeApi.putByte(header + HOP_LIMIT, (byte)(UnsafeApi.getByte(header + HOP_LIMIT) - 1));
    }

    /** Writes all of the header but the addresses, with flow label 0. */
    public static void write(
        final long header, final int trafficClass, final int payloadLength, final int nextHeader, final int hopLimit) {
        UnsafeApi.putInt(header, Integer.reverseBytes(0x6000_0000 | trafficClass << 20));
        UnsafeApi.putShort(header + PAYLOAD_LENGTH, Short.reverseBytes((short)payloadLength));
        UnsafeApi.putByte(header + NEXT_HEADER, (byte)nextHeader);
        UnsafeApi.putByte(header + HOP_LIMIT, (byte)hopLimit);
    }

    /** Whether a header number is of an extension header that can be stepped over. */
    public static boolean isExtension(final int number) {
        return number == HOP_BY_HOP || number == ROUTING || number == FRAGMENT || number == AUTHENTICATION
            || number == DESTINATION_OPTIONS;
    }

    /** Number of the header that follows an extension header. */
    public static int extensionNext(final long extension) {
        return UnsafeApi.getByte(extension) & 0xff;
    }

    /** Length of an extension header in bytes; its first 8 must be readable. */
    public static int extensionLength(final int number, final long extension) {
        final int length = UnsafeApi.getByte(extension + 1) & 0xff;
        return switch (number) {
            case FRAGMENT -> MIN_EXTENSION_LENGTH;
            case AUTHENTICATION -> (length + 2) * 4;
            default -> (length + 1) * 8;
        };
    }

    /** Offset in bytes of a fragment, a multiple of 8, and M in bit 0. */
    public static int offsetAndMore(final long fragmentHeader) {
        return Short.reverseBytes(UnsafeApi.getShort(fragmentHeader + FRAGMENT_OFFSET_FIELD)) & 0xfff9;
    }

    /** Identification in a fragment header, as natively loaded. */
    public static long identification(final long fragmentHeader) {
        return UnsafeApi.getInt(fragmentHeader + FRAGMENT_IDENTIFICATION) & 0xffff_ffffL;
    }

    /**
     * Has the header before the fragment header name what follows that one, so that the fragment header can be left
     * out.
     */
    public static void replaceFragmentNumber(final long header, final int number) {
        long field = header + NEXT_HEADER;
        long next = header + LENGTH;
        int current = nextHeader(header);
        while (current != FRAGMENT) {
            field = next;
            next += extensionLength(current, field);
            current = extensionNext(field);
        }
        UnsafeApi.putByte(field, (byte)number);
    }

    /** Makes a fragment's header that of its whole packet. */
    public static void whole(final long header, final int payloadLength, final int trafficClassAdded) {
        UnsafeApi.putShort(header + PAYLOAD_LENGTH, Short.reverseBytes((short)payloadLength));
        UnsafeApi.putByte(header + 1, (byte)(UnsafeApi.getByte(header + 1) | trafficClassAdded << 4));
    }

    /** Bytes of the headers that every fragment of a packet carries, the IPv6 header among them. */
    public static int unfragmentableLength(final long header) {
        int length = LENGTH;
        int number = nextHeader(header);
        boolean routed = false;
        while (number == HOP_BY_HOP || number == ROUTING || number == DESTINATION_OPTIONS && !routed) {
            routed |= number == ROUTING;
            final long extension = header + length;
            length += extensionLength(number, extension);
            number = extensionNext(extension);
        }
        return length;
    }

    /** Pointer to the byte that names what follows the first {@code length} bytes, where a header of the chain ends. */
    public static long nextHeaderField(final long header, final int length) {
        long field = header + NEXT_HEADER;
        long end = header + LENGTH;
        int number = nextHeader(header);
        while (end != header + length) {
            field = end;
            end += extensionLength(number, field);
            number = extensionNext(field);
        }
        return field;
    }

    /** Whether a fragment header says that the packet is not whole. */
    public static boolean isFragment(final long fragmentHeader) {
        return (UnsafeApi.getShort(fragmentHeader + FRAGMENT_OFFSET_FIELD) & WIRE_FRAGMENTED) != 0;
    }

    /** Whether a fragment header is of a fragment other than the first. */
    public static boolean isLaterFragment(final long fragmentHeader) {
        return (UnsafeApi.getShort(fragmentHeader + FRAGMENT_OFFSET_FIELD) & WIRE_OFFSET) != 0;
    }

    /**
     * Writes a fragment header.
     *
     * @param offsetAndMore offset in bytes, a multiple of 8, and M in bit 0
     */
    public static void writeFragment(
        final long fragmentHeader, final int nextHeader, final int offsetAndMore, final int identification) {
        UnsafeApi.putShort(fragmentHeader, (short)nextHeader);
        UnsafeApi.putShort(fragmentHeader + FRAGMENT_OFFSET_FIELD, Short.reverseBytes((short)offsetAndMore));
        UnsafeApi.putInt(fragmentHeader + FRAGMENT_IDENTIFICATION, identification);
    }
}
