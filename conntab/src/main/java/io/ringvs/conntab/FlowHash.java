package io.ringvs.conntab;

import java.security.SecureRandom;

/**
 * Keyed 64-bit hash of a flow key. The key is drawn at start, so that nobody outside can aim flows at one home line.
 *
 * <p>Each pair of words is multiplied to 128 bits and folded, so that every input bit reaches every output bit; the
 * first two folds are independent of each other and overlap in the processor. The ports share a fold with the low half
 * of the virtual address, which a client can choose among few; sharing one with the client address would let an IPv6
 * client pick pairs that cancel out.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> the multiply-and-fold construction of wyhash, here over exactly five words.
 */
final class FlowHash {
    private final long key0;
    private final long key1;
    private final long key2;
    private final long key3;
    private final long key4;
    private final long key5;

    /** A hash that the given seed determines, for repeatable tests. */
    FlowHash(final long seed) {
        // splitmix64 (Steele, Lea, Flood 2014) spreads the seed over the six keys
        this(splitMix(seed + 1), splitMix(seed + 2), splitMix(seed + 3),
            splitMix(seed + 4), splitMix(seed + 5), splitMix(seed + 6));
    }

    private FlowHash(
        final long key0, final long key1, final long key2, final long key3, final long key4, final long key5) {
        this.key0 = key0;
        this.key1 = key1;
        this.key2 = key2;
        this.key3 = key3;
        this.key4 = key4;
        this.key5 = key5;
    }

    static FlowHash random() {
        final SecureRandom random = new SecureRandom();
        return new FlowHash(random.nextLong(), random.nextLong(), random.nextLong(),
            random.nextLong(), random.nextLong(), random.nextLong());
    }

    long of(final long client0, final long client1, final long virtual0, final long virtual1, final long ports) {
        final long client = fold(client0 ^ key0, client1 ^ key1);
        // the ports go in here, before the last fold and not at it: one fold leaves consecutive numbers on a lattice
        final long virtual = fold(virtual0 ^ key2, virtual1 ^ ports ^ key3);
        return fold(client ^ key4, virtual ^ key5);
    }

    /** Mixes in something that is not part of the flow: a persistence engine's data. */
    long with(final long hash, final long extra) {
        return fold(hash ^ key0, extra ^ key5);
    }

    private static long fold(final long a, final long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }

    private static long splitMix(final long seed) {
        long z = seed * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
