package io.ringvs.xdp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A range of destination addresses of which the steering program takes every port of one protocol.
 *
 * <p>It is for firewall marks, whose rules may speak of prefixes; which ports they mean is for the director to see. The
 * program asks for prefixes last.
 *
 * @param family   4 or 6
 * @param address0 first 8 bytes of the address as loaded in native order; IPv4 fills the first 4 bytes
 * @param address1 last 8 bytes of the address as loaded in native order, 0 for IPv4
 * @param length   bits of the address that count; the others are cleared
 * @param protocol IP protocol number: TCP, UDP or SCTP
 */
public record SteeringPrefix(int family, long address0, long address1, int length, int protocol) {
    private static final int ADDRESS_BYTES = 16;

    public SteeringPrefix {
        final int longest = family == 4 ? 32 : 128;
        if (family != 4 && family != 6) {
            throw new IllegalArgumentException("address family " + family + " is neither 4 nor 6");
        }
        if (length < 0 || length > longest) {
            throw new IllegalArgumentException("prefix length " + length + " is not within 0 to " + longest);
        }
        SteeringLayout.protocolIndex(protocol);
        address0 &= maskWord(Math.min(length, Long.SIZE));
        address1 &= maskWord(Math.max(0, length - Long.SIZE));
    }

    /** All addresses that agree with {@code address} in the first {@code length} bits. */
    public static SteeringPrefix of(final InetAddress address, final int length, final int protocol) {
        final byte[] bytes = address.getAddress();
        final ByteBuffer words =
            ByteBuffer.allocate(ADDRESS_BYTES).order(ByteOrder.nativeOrder()).put(bytes).rewind();
        return new SteeringPrefix(bytes.length == 4 ? 4 : 6, words.getLong(), words.getLong(), length, protocol);
    }

    /** Whether an address is within. */
    boolean contains(final int otherFamily, final long other0, final long other1) {
        return family == otherFamily && address0 == (other0 & maskWord(Math.min(length, Long.SIZE)))
            && address1 == (other1 & maskWord(Math.max(0, length - Long.SIZE)));
    }

    /** Whether every address of another prefix is within. */
    boolean covers(final SteeringPrefix other) {
        return length <= other.length && contains(other.family, other.address0, other.address1);
    }

    /** The first {@code bits} bits of 8 bytes in network order, as a native load gives them. */
    private static long maskWord(final int bits) {
        final long bigEndian = bits == 0 ? 0 : -1L << (Long.SIZE - bits);
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? bigEndian : Long.reverseBytes(bigEndian);
    }
}
