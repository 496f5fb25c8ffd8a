package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * The GRE header of a tunnel.
 *
 * <pre>
 *   0  flags and version u16: only "checksum present" is used     2  EtherType of the packet u16
 *   4  checksum u16, over this header and the packet     6  reserved u16          (only with a checksum)
 * </pre>
 *
 * <p>All fields are in network byte order.
 *
 * <p><b>Source</b>: RFC 2784 section 2; ipvs_gre_encap of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class GreHeader {
    public static final int LENGTH = 4;
    public static final int LENGTH_WITH_CHECKSUM = 8;

    private static final int TYPE = 2;
    private static final int CHECKSUM = 4;
    /** "Checksum present", natively stored. */
    private static final short WIRE_CHECKSUM_PRESENT = 0x0080;

    private GreHeader() {
    }

    /** @param type one of the TYPE_ constants of {@link EthernetHeader} */
    public static void write(final long header, final short type) {
        UnsafeApi.putShort(header, (short)0);
        UnsafeApi.putShort(header + TYPE, type);
    }

    /**
     * Writes a header with a checksum.
     *
     * @param packetLength bytes of the packet behind it
     */
    public static void writeWithChecksum(final long header, final short type, final int packetLength) {
        UnsafeApi.putShort(header, WIRE_CHECKSUM_PRESENT);
        UnsafeApi.putShort(header + TYPE, type);
        UnsafeApi.putInt(header + CHECKSUM, 0);
        UnsafeApi.putShort(header + CHECKSUM,
            InternetChecksum.finish(InternetChecksum.add(0, header, LENGTH_WITH_CHECKSUM + packetLength)));
    }

    /** One of the TYPE_ constants of {@link EthernetHeader}, or another type. */
    public static short type(final long header) {
        return UnsafeApi.getShort(header + TYPE);
    }

    /** Whether nothing but the type follows. */
    public static boolean isPlain(final long header) {
        return UnsafeApi.getShort(header) == 0;
    }

    /** Whether a checksum follows, and nothing else. */
    public static boolean hasChecksumOnly(final long header) {
        return UnsafeApi.getShort(header) == WIRE_CHECKSUM_PRESENT;
    }
}
