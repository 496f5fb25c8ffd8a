package io.ringvs.sched;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number that workers advance together: where a round-robin scheduler stands.
 *
 * <p>It lies alone on its cache lines, so that moving it does not take the read-only arrays beside it out of the other
 * cores' caches. Only new connections touch it, never packets of known ones.
 *
 * <p><b>Threading:</b> any thread.
 */
final class Cursor {
    /** Longs on either side of the value: 128 bytes, two cache lines, for the adjacent-line prefetcher. */
    private static final int PADDING = 16;

    private final AtomicLongArray value = new AtomicLongArray(2 * PADDING);

    Cursor(final long initial) {
        value.set(PADDING, initial);
    }

    long get() {
        // opaque: nothing else is published through the cursor, and advance() checks that it still holds
        return value.getOpaque(PADDING);
    }

    /** Moves from {@code expected} to {@code next}; false when another worker moved it meanwhile. */
    boolean advance(final long expected, final long next) {
        // CAS against other workers' advance(): each move is made by one of them, so no turn is given twice
        return value.compareAndSet(PADDING, expected, next);
    }
}
