package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * The Internet checksum of a header.
 *
 * <p>Sums are taken over native loads: a one's complement sum does not mind the byte order, as long as the result is
 * stored as it was summed.
 *
 * <p><b>Source</b>: RFC 1071 sections 1 and 2.
 */
public final class InternetChecksum {
    /** The inverse of 0xffff modulo 2^64: multiplied by it, multiples of 0xffff become small, and nothing else does. */
    private static final long INVERSE = 0xfffe_fffe_fffe_ffffL;

    private InternetChecksum() {
    }

    /**
     * Whether an IPv4 header whose checksum field is filled in sums up to all ones: whether the sum, which is not 0,
     * for the version is not, is a multiple of 0xffff.
     */
    public static boolean isCorrect(final long header, final int lengthBytes) {
        long sum = sumOfTwenty(header);
        if (lengthBytes > Ipv4Header.MIN_LENGTH) {
            sum += sum(header + Ipv4Header.MIN_LENGTH, lengthBytes - Ipv4Header.MIN_LENGTH);
        }
        // of at most 15 words the quotient is below 2^21; of another sum the product is at least 2^48
        return sum * INVERSE >>> Integer.SIZE == 0;
    }

    /** Written out: nearly every header has no options, and a loop of five rounds costs more than its work. */
    private static long sumOfTwenty(final long header) {
        final long first = UnsafeApi.getLong(header);
        final long second = UnsafeApi.getLong(header + Long.BYTES);
        final long last = UnsafeApi.getInt(header + 2 * Long.BYTES) & 0xffff_ffffL;
        return (first & 0xffff_ffffL) + (first >>> 32) + (second & 0xffff_ffffL) + (second >>> 32) + last;
    }

    /** The checksum to store natively into a header whose checksum field is zero. */
    public static short of(final long header, final int lengthBytes) {
        return (short)~fold(sum(header, lengthBytes));
    }

    /** @param lengthBytes a multiple of 4 */
    private static long sum(final long header, final int lengthBytes) {
        long sum = 0;
        for (int offset = 0; offset < lengthBytes; offset += Integer.BYTES) {
            sum += UnsafeApi.getInt(header + offset) & 0xffff_ffffL;
        }
        return sum;
    }

    /**
     * Adds bytes to a sum to be finished by {@link #finish}.
     *
     * @param sum    0, or what an earlier call returned for an even number of bytes
     * @param length in bytes, any
     */
    public static long add(final long sum, final long pointer, final int length) {
        long added = sum;
        int offset = 0;
        for (; offset <= length - Long.BYTES; offset += Long.BYTES) {
            final long word = UnsafeApi.getLong(pointer + offset);
            added += (word & 0xffff_ffffL) + (word >>> 32);
        }
        for (; offset <= length - Short.BYTES; offset += Short.BYTES) {
            added += UnsafeApi.getShort(pointer + offset) & 0xffff;
        }
        return offset < length ? added + (UnsafeApi.getByte(pointer + offset) & 0xff) : added;
    }

    /** Adds a wire word, for instance of an address. */
    public static long add(final long sum, final long word) {
        return sum + (word & 0xffff_ffffL) + (word >>> 32);
    }

    /** Adds a 16-bit number in host order. */
    public static long addNumber(final long sum, final int number) {
        return sum + (Short.reverseBytes((short)number) & 0xffff);
    }

    /** The checksum of what was added, to be stored natively. */
    public static short finish(final long sum) {
        return (short)~fold(sum);
    }

    private static int fold(final long sum) {
        long folded = (sum & 0xffff_ffffL) + (sum >>> 32);
        folded = (folded & 0xffff) + (folded >>> 16);
        folded = (folded & 0xffff) + (folded >>> 16);
        return (int)((folded & 0xffff) + (folded >>> 16));
    }
}
