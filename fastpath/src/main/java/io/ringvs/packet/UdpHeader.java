package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets of the UDP header.
 *
 * <pre>
 *   0  source port u16     2  destination port u16     4  length u16     6  checksum u16
 * </pre>
 *
 * <p>All fields are in network byte order.
 *
 * <p><b>Source</b>: RFC 768.
 */
public final class UdpHeader {
    public static final int LENGTH = 8;

    public static final int SOURCE_PORT = 0;
    public static final int DESTINATION_PORT = 2;
    public static final int DATAGRAM_LENGTH = 4;
    public static final int CHECKSUM = 6;

    private UdpHeader() {
    }

    /** Writes a header with checksum 0. Ports in host order; {@code length} of header and payload, in bytes. */
    public static void write(final long header, final int sourcePort, final int destinationPort, final int length) {
        UnsafeApi.putShort(header + SOURCE_PORT, Short.reverseBytes((short)sourcePort));
        UnsafeApi.putShort(header + DESTINATION_PORT, Short.reverseBytes((short)destinationPort));
        UnsafeApi.putShort(header + DATAGRAM_LENGTH, Short.reverseBytes((short)length));
        UnsafeApi.putShort(header + CHECKSUM, (short)0);
    }
}
