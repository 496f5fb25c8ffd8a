package io.ringvs.service;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The ports 1024 to 65535 of one local address towards some real servers: which of them are in use.
 *
 * <p>One bit a port. Every worker begins elsewhere and goes on from the port it took last, so that workers do not meet
 * while few ports are in use, and a port that was freed rests until its worker has come round. Any worker may take any
 * port: the last ones go to whoever needs them.
 *
 * <p><b>Threading:</b> any worker takes and frees, by one atomic operation on one word; nobody waits. A worker's
 * cursor is its own.
 */
final class LocalPorts {
    static final int FIRST = 1024;
    static final int COUNT = (1 << Character.SIZE) - FIRST;
    /** No port. */
    static final int NONE = 0;

    /** Cursors are 64 bytes apart, since each belongs to another core. */
    private static final int CURSOR_SPACING = 16;

    private final AtomicLongArray words = new AtomicLongArray(COUNT / Long.SIZE);
    private final AtomicInteger used = new AtomicInteger();
    /** By worker, the bit from which it looks for a free one. */
    private final int[] cursors;

    LocalPorts(final int workers) {
        cursors = new int[workers * CURSOR_SPACING];
        // not at the same port after every start: servers may remember the connections before
        final int start = ThreadLocalRandom.current().nextInt(COUNT);
        for (int worker = 0; worker < workers; worker++) {
            cursors[worker * CURSOR_SPACING] = (int) ((start + (long) COUNT * worker / workers) % COUNT);
        }
    }

    /** Takes a port, or {@link #NONE} when all are in use. */
    int take(final int worker) {
        final int start = cursors[worker * CURSOR_SPACING];
        int word = start / Long.SIZE;
        long free = used.get() < COUNT ? ~words.get(word) & -1L << start : 0;
        // once round, and back to the lower bits of the first word
        for (int visited = 0; visited <= words.length() && used.get() < COUNT; visited++) {
            while (free != 0) {
                final long bit = Long.lowestOneBit(free);
                // whoever finds the bit clear has taken it
                if ((words.getAndAccumulate(word, bit, (before, mask) -> before | mask) & bit) == 0) {
                    used.incrementAndGet();
                    final int place = word * Long.SIZE + Long.numberOfTrailingZeros(bit);
                    cursors[worker * CURSOR_SPACING] = (place + 1) % COUNT;
                    return FIRST + place;
                }
                free = ~words.get(word) & free & -bit << 1;
            }
            word = word + 1 == words.length() ? 0 : word + 1;
            free = ~words.get(word);
        }
        return NONE;
    }

    void free(final int port) {
        final int place = port - FIRST;
        words.getAndAccumulate(place / Long.SIZE, ~(1L << place), (before, mask) -> before & mask);
        used.decrementAndGet();
    }

    int used() {
        return used.get();
    }
}
