package io.ringvs.conntab;

/**
 * The first eight bytes of a line, as a home: where those of its connections stand that did not find it free.
 *
 * <pre>
 *   eight lanes of one byte, each   distance 0..5 (1 to 63; 0: lane empty), tag 6..7 (two bits of the key's hash)
 * </pre>
 *
 * A connection that stands in its home line needs no lane, because a lookup compares that line anyway. The tag spares
 * three of four fruitless visits to other keys' lines.
 *
 * <p><b>Threading:</b> pure functions of the word; its users change it by CAS.
 */
final class HopWord {
    static final int MAX_DISTANCE = 63;
    private static final int TAG_SHIFT = 6;
    private static final int DISTANCE_MASK = 0x3f;
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = ONES << 7;
    private static final long LOW_SEVEN = ~HIGH_BITS;

    private HopWord() {
    }

    static int lane(final int distance, final long hash) {
        return distance | tag(hash) << TAG_SHIFT;
    }

    /** The low bits: the high ones choose the home. */
    private static int tag(final long hash) {
        return (int) hash & 3;
    }

    /** Marks, by their top bits, the lanes that hold a distance and the hash's tag. */
    static long candidates(final long word, final long hash) {
        final long sameTagIsZero = word ^ ONES * (tag(hash) << TAG_SHIFT);
        final long notEmpty = (sameTagIsZero & LOW_SEVEN) + LOW_SEVEN;
        // a lane qualifies with its two top bits clear and something below them
        return notEmpty & ~(sameTagIsZero | sameTagIsZero << 1) & HIGH_BITS;
    }

    /** The distance in the first lane that {@code candidates} marks. */
    static int distanceAt(final long word, final long candidates) {
        return (int) (word >>> (Long.numberOfTrailingZeros(candidates) & ~7)) & DISTANCE_MASK;
    }

    /** The word with a lane filled, or 0 if all eight are. */
    static long with(final long word, final int lane) {
        final long empty = empty(word);
        return empty == 0 ? 0 : word | (long) lane << (Long.numberOfTrailingZeros(empty) & ~7);
    }

    static boolean isFull(final long word) {
        return empty(word) == 0;
    }

    /** Marks, by their top bits, the lanes that are empty. */
    private static long empty(final long word) {
        return ~((word & LOW_SEVEN) + LOW_SEVEN | word) & HIGH_BITS;
    }

    /** The word without the lane of {@code distance}; as it is where a hidden template has left that lane before. */
    static long without(final long word, final int distance) {
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            if ((word >>> shift & DISTANCE_MASK) == distance) {
                return word & ~(0xffL << shift);
            }
        }
        return word;
    }
}
