package io.ringvs.conntab;

import java.util.concurrent.TimeUnit;

/**
 * The clock of connection timers: ticks of 4 ms in a wrapping 32-bit integer, as Linux counts them with HZ=250.
 *
 * <p>Two times are compared by the sign of their difference, so times may lie up to 99 days apart.
 */
public final class Ticks {
    public static final int PER_SECOND = 250;
    private static final long NANOS_PER_TICK = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

    private Ticks() {
    }

    /** The tick of a monotonic time such as {@link System#nanoTime()}. */
    public static int ofNanos(final long nanoTime) {
        return (int) Math.floorDiv(nanoTime, NANOS_PER_TICK);
    }

    public static int ofSeconds(final int seconds) {
        return Math.multiplyExact(seconds, PER_SECOND);
    }

    /** Whole seconds, rounded down, until {@code expires}; 0 if that has passed. */
    public static int secondsLeft(final int expires, final int now) {
        return Math.max(expires - now, 0) / PER_SECOND;
    }
}
