package io.ringvs.conntab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.ringvs.service.Family;

/**
 * The part of a client address that a persistent service goes by, as two wire words to AND with.
 *
 * <p><b>Threading:</b> immutable.
 */
public record ClientMask(long word0, long word1) {

    /**
     * @param netmask as a service is configured with it; IPv4: a mask in host order; IPv6: a prefix length
     */
    public static ClientMask of(final Family family, final int netmask) {
        if (family == Family.IPV4) {
            return new ClientMask(Integer.reverseBytes(netmask) & 0xffff_ffffL, 0);
        }
        return new ClientMask(wireWord(netmask), wireWord(netmask - 64));
    }

    /** Wire word whose first {@code bits} bits in network order are set. */
    private static long wireWord(final int bits) {
        final long bigEndian = bits <= 0 ? 0 : bits >= 64 ? -1L : -1L << 64 - bits;
        final ByteBuffer field = ByteBuffer.allocate(8).putLong(0, bigEndian);
        return field.order(ByteOrder.nativeOrder()).getLong(0);
    }
}
