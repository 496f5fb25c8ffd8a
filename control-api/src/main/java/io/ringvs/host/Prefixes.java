package io.ringvs.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/** Masks addresses to prefixes. */
final class Prefixes {
    /** Masks of the two wire words by prefix length 0..128, the first word at 2 * length. */
    private static final long[] MASKS = new long[2 * (Family.IPV6.hostPrefixLength() + 1)];

    static {
        for (int length = 0; length <= Family.IPV6.hostPrefixLength(); length++) {
            final ByteBuffer mask = ByteBuffer.allocate(16);
            mask.putLong(0, highBits(Math.min(length, Long.SIZE)));
            mask.putLong(8, highBits(Math.max(length - Long.SIZE, 0)));
            mask.order(ByteOrder.nativeOrder());
            MASKS[2 * length] = mask.getLong(0);
            MASKS[2 * length + 1] = mask.getLong(8);
        }
    }

    private Prefixes() {
    }

    static IpAddress mask(final IpAddress address, final int prefixLength) {
        return IpAddress.ofWords(
            address.family(),
            address.word0() & MASKS[2 * prefixLength], address.word1() & MASKS[2 * prefixLength + 1]);
    }

    private static long highBits(final int count) {
        return count == 0 ? 0 : -1L << Long.SIZE - count;
    }
}
