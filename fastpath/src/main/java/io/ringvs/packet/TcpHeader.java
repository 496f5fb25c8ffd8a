package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets and flags of the TCP header.
 *
 * <pre>
 *   0  source port u16     2  destination port u16     4  sequence number u32     8  acknowledgment number u32
 *  12  data offset 4 bits, reserved 4 bits     13  flags     14  window u16
 *  16  checksum u16     18  urgent pointer u16
 * </pre>
 *
 * <p><b>Source</b>: RFC 9293 section 3.1.
 */
public final class TcpHeader {
    public static final int SEQUENCE = 4;
    public static final int ACKNOWLEDGMENT = 8;
    public static final int DATA_OFFSET = 12;
    public static final int FLAGS = 13;
    public static final int CHECKSUM = 16;
    /** Bytes of the header without options. */
    public static final int MIN_LENGTH = 20;
    /** Bytes of the header with as many options as there can be. */
    public static final int MAX_LENGTH = 60;

    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int ACK = 0x10;

    private TcpHeader() {
    }

    /**
     * Bytes of the header with options, from 0 to 60; not checked against {@link #MIN_LENGTH}, nor against the packet.
     */
    public static int length(final long header) {
        return (UnsafeApi.getByte(header + DATA_OFFSET) & 0xf0) >>> 2;
    }

    /** Number of the first byte, as in host order. */
    public static int sequence(final long header) {
        return Integer.reverseBytes(UnsafeApi.getInt(header + SEQUENCE));
    }

    public static byte flags(final long header) {
        return UnsafeApi.getByte(header + FLAGS);
    }

    /** In host order. */
    public static int acknowledgment(final long header) {
        return Integer.reverseBytes(UnsafeApi.getInt(header + ACKNOWLEDGMENT));
    }
}
