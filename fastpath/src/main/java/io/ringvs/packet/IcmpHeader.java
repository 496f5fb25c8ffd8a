package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets and error types of ICMP and ICMPv6 messages.
 *
 * <pre>
 *   0  type     1  code     2  checksum u16     4  rest of the header, 4 bytes: 0, or an MTU     8  the packet in error
 * </pre>
 *
 * <p>All fields are in network byte order.
 *
 * <p><b>Source</b>: RFC 792; RFC 1191 section 4 (MTU); RFC 4443 sections 3.1 to 3.3.
 */
public final class IcmpHeader {
    public static final int CHECKSUM = 2;
    public static final int LENGTH = 8;

    /** Type in bits 8..15, code in bits 0..7. */
    public static final int HOST_UNREACHABLE = 0x0301;
    public static final int PORT_UNREACHABLE = 0x0303;
    public static final int FRAGMENTATION_NEEDED = 0x0304;
    public static final int TIME_EXCEEDED = 0x0b00;
    public static final int V6_ADDRESS_UNREACHABLE = 0x0103;
    public static final int V6_PORT_UNREACHABLE = 0x0104;
    public static final int V6_PACKET_TOO_BIG = 0x0200;
    public static final int V6_TIME_EXCEEDED = 0x0300;

    private static final int REST = 4;

    private IcmpHeader() {
    }

    public static int type(final long header) {
        return UnsafeApi.getByte(header) & 0xff;
    }

    /** Type in bits 8..15, code in bits 0..7. */
    public static int error(final long header) {
        return Short.reverseBytes(UnsafeApi.getShort(header)) & 0xffff;
    }

    /** The rest of the header, in host order: an MTU in the low half, if there is one. */
    public static int rest(final long header) {
        return Integer.reverseBytes(UnsafeApi.getInt(header + REST));
    }

    /**
     * Writes a header with checksum 0.
     *
     * @param error type and code, such as one of the constants above
     * @param rest  of the header, in host order: an MTU in bytes, or 0
     */
    public static void write(final long header, final int error, final int rest) {
        UnsafeApi.putInt(header, Short.reverseBytes((short)error) & 0xffff);
        UnsafeApi.putInt(header + REST, Integer.reverseBytes(rest));
    }
}
