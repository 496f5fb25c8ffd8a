package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Offsets of the SCTP common header and of the chunks behind it.
 *
 * <pre>
 *   0  source port u16     2  destination port u16     4  verification tag u32     8  checksum u32
 *  12  first chunk: 0 type     1 flags     2 length u16 (with this header, without padding)
 * </pre>
 *
 * <p><b>Source</b>: RFC 9260 section 3; the rule of {@link #event} from Linux 6.1 {@code ip_vs_proto_sctp.c}.
 */
public final class SctpHeader {
    public static final int CHECKSUM = 8;
    public static final int FIRST_CHUNK = 12;
    public static final int CHUNK_HEADER_LENGTH = 4;
    /** Bytes up to the end of the first chunk's header. */
    public static final int MIN_LENGTH = FIRST_CHUNK + CHUNK_HEADER_LENGTH;

    /** Chunk type that opens an association. */
    public static final int INIT = 1;
    public static final int ABORT = 6;
    public static final int COOKIE_ECHO = 10;
    public static final int COOKIE_ACK = 11;

    private static final int CHUNK_LENGTH = 2;

    private SctpHeader() {
    }

    /**
     * The chunk type that decides the packet's event: the first chunk's, or ABORT where that follows a bundled cookie.
     *
     * @param available bytes of the packet from {@code header} on, at least {@link #MIN_LENGTH}
     */
    public static byte event(final long header, final int available) {
        final long chunk = header + FIRST_CHUNK;
        final byte type = UnsafeApi.getByte(chunk);
        if (type != COOKIE_ECHO && type != COOKIE_ACK) {
            return type;
        }
        final int length = Short.reverseBytes(UnsafeApi.getShort(chunk + CHUNK_LENGTH)) & 0xffff;
        final int next = FIRST_CHUNK + (length + 3 & -4);
        if (length >= CHUNK_HEADER_LENGTH && next + CHUNK_HEADER_LENGTH <= available
            && UnsafeApi.getByte(header + next) == ABORT) {
            return ABORT;
        }
        return type;
    }
}
