package io.ringvs.sched;

/**
 * SipHash-1-3 of one 32-bit number, cut to 32 bits: Linux's hsiphash on 64-bit machines.
 *
 * <p><b>Source:</b> Aumasson and Bernstein, "SipHash: a fast short-input PRF"; Linux {@code lib/siphash.c}.
 */
final class SipHash {
    private static final long V0 = 0x736f6d6570736575L;
    private static final long V1 = 0x646f72616e646f6dL;
    private static final long V2 = 0x6c7967656e657261L;
    private static final long V3 = 0x7465646279746573L;

    private SipHash() {
    }

    /** @param key both 64-bit halves of the key */
    static int hash(final int value, final long key) {
        final long block = 4L << 56 | Integer.toUnsignedLong(value);
        long v0 = V0 ^ key;
        long v1 = V1 ^ key;
        long v2 = V2 ^ key;
        long v3 = V3 ^ key ^ block;
        // one round for the only block, three to finish; a round is written out as the four words cannot be returned
        for (int round = 0; round < 4; round++) {
            if (round == 1) {
                v0 ^= block;
                v2 ^= 0xff;
            }
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return (int) (v0 ^ v1 ^ v2 ^ v3);
    }
}
