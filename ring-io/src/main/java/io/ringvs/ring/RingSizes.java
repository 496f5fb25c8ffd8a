package io.ringvs.ring;

/**
 * How many entries each of a port's four rings has.
 *
 * @param fill       also the most frames that a port leaves with the kernel for receiving
 * @param completion at least {@code tx}, or the kernel stops sending before the TX ring is full
 */
public record RingSizes(int fill, int completion, int rx, int tx) {
    /**
     * 2048 entries each: 2 ms of a million packets a second. Rings of 1024 lost packets at two thirds of the rate,
     * where the machine took the core away for a millisecond now and then (docs/measurements.md).
     *
     * <p>The kernel takes frames of the fill ring in order, so every one of them is touched in turn: deep rings want
     * frames that do not displace each other in the caches, see {@link Umem#STAGGERED_FRAME_SIZE}.
     */
    public static final RingSizes DEFAULT = same(2048);

    private static final int LIMIT = 1 << 20;

    public RingSizes {
        check("fill", fill);
        check("completion", completion);
        check("RX", rx);
        check("TX", tx);
        if (completion < tx) {
            throw new IllegalArgumentException(
                "the completion ring must not be smaller than the TX ring (" + completion + " < " + tx + " entries)");
        }
    }

    private static void check(final String ring, final int size) {
        if (size < 1 || size > LIMIT || Integer.bitCount(size) != 1) {
            throw new IllegalArgumentException("the " + ring + " ring must have a power of two of entries, at most "
                + LIMIT + ", not " + size);
        }
    }

    /** The same size for all four. */
    public static RingSizes same(final int size) {
        return new RingSizes(size, size, size, size);
    }

    /**
     * Frames that a port can hold at one moment at the most: {@link #fill} with the kernel for receiving, {@link #tx}
     * and {@link #completion} on their way out. A UMEM of this many for each of its ports, and a batch more, never
     * starves a port; with fewer the ports compete for frames, which costs packets under load, but loses no frame.
     */
    public int framesHeld() {
        return fill + tx + completion;
    }
}
