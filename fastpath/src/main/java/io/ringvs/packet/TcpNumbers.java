package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Changes the sequence and acknowledgment numbers of a TCP segment, and its checksum with them.
 *
 * <p><b>Threading:</b> static functions; the segment belongs to the caller.
 *
 * <p><b>Source:</b> RFC 9293 section 3.4; RFC 1624 section 3; RFC 2018 section 3 for selective acknowledgments.
 */
public final class TcpNumbers {
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int SELECTIVE_ACKNOWLEDGMENT = 5;
    private static final int OPTION_HEADER = 2;
    private static final int EDGE = Integer.BYTES;
    private static final long EVEN_BYTES = 0x00ff_00ff_00ff_00ffL;

    private TcpNumbers() {
    }

    /** Whether {@code number} comes behind {@code other}, both as in host order: they wrap. */
    public static boolean isAfter(final int number, final int other) {
        return number - other > 0;
    }

    /** @param sequence as in host order */
    public static void sequence(final long header, final int sequence) {
        replace(header, header + TcpHeader.SEQUENCE, sequence);
    }

    public static int acknowledgment(final long header) {
        return Integer.reverseBytes(UnsafeApi.getInt(header + TcpHeader.ACKNOWLEDGMENT));
    }

    /** @param acknowledgment as in host order */
    public static void acknowledgment(final long header, final int acknowledgment) {
        replace(header, header + TcpHeader.ACKNOWLEDGMENT, acknowledgment);
    }

    /**
     * Where the edges of selectively acknowledged blocks are.
     *
     * @param length of the header, in bytes, not more than there is
     * @return offset of the first one from the header's start in the low half, bytes of all of them in the high half; 0
     *     if there are none
     */
    public static long blocks(final long header, final int length) {
        int offset = TcpHeader.MIN_LENGTH;
        while (offset + OPTION_HEADER <= length) {
            final int kind = UnsafeApi.getByte(header + offset) & 0xff;
            if (kind == END) {
                return 0;
            }
            if (kind == NO_OPERATION) {
                offset++;
                continue;
            }
            final int size = UnsafeApi.getByte(header + offset + 1) & 0xff;
            if (size < OPTION_HEADER || offset + size > length) {
                return 0;
            }
            if (kind == SELECTIVE_ACKNOWLEDGMENT) {
                final long edges = (size - OPTION_HEADER) / (2 * EDGE) * (2 * EDGE);
                return edges << Integer.SIZE | offset + OPTION_HEADER;
            }
            offset += size;
        }
        return 0;
    }

    /** The number at {@code offset} bytes from the header's start, as in host order. */
    public static int edge(final long header, final int offset) {
        return Integer.reverseBytes(UnsafeApi.getInt(header + offset));
    }

    /** Replaces it. */
    public static void edge(final long header, final int offset, final int number) {
        final long field = header + offset;
        if ((offset & 1) == 0) {
            replace(header, field, number);
        } else {
            // bytes at odd offsets count in the other half of a checksum's words
            final long change = change(field, number);
            correct(header, (change & EVEN_BYTES) << Byte.SIZE | change >>> Byte.SIZE & EVEN_BYTES);
        }
    }

    private static void replace(final long header, final long field, final int number) {
        correct(header, change(field, number));
    }

    /** Writes a number; returns what the sum over the segment changes by. */
    private static long change(final long field, final int number) {
        final int wire = Integer.reverseBytes(number);
        final long change = (~UnsafeApi.getInt(field) & 0xffff_ffffL) + (wire & 0xffff_ffffL);
        UnsafeApi.putInt(field, wire);
        return change;
    }

    private static void correct(final long header, final long change) {
        final int checksum = UnsafeApi.getShort(header + TcpHeader.CHECKSUM);
        UnsafeApi.putShort(header + TcpHeader.CHECKSUM, InternetChecksum.finish((~checksum & 0xffff) + change));
    }
}
