package io.ringvs.service;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which destinations of a list had their counters changed since they were last asked for: one bit for each position of
 * the list, and one bit for each 64 of those, so that finding the few changed among many is quick.
 *
 * <p>Whoever reads the counters of a position after {@link #take} has returned it sees every change that was marked
 * before, and every later change is marked again.
 *
 * <p><b>Threading:</b> {@link #mark} by any thread; {@link #take} by one at a time.
 */
public final class CounterChanges {
    private final int size;
    private final AtomicLongArray words;
    private final AtomicLongArray summary;
    // of the pass that take() is on
    private int summaryIndex;
    private long summaryBits;
    private int wordIndex;
    private long wordBits;

    /** @param size positions */
    public CounterChanges(final int size) {
        this.size = size;
        words = new AtomicLongArray((size + 63) / 64);
        summary = new AtomicLongArray((words.length() + 63) / 64);
    }

    /**
     * Notes that the counters of a position have changed; called after the change. A position beyond the end is
     * ignored.
     */
    void mark(final int position) {
        if (position >= size) {
            return;
        }
        // Volatile accesses on both sides: a bit found set has yet to be cleared by take(), whose caller then reads the
        // counters and sees the change made before this load. The summary is seen to even then, since whoever set the
        // bit may be held up before setting the summary.
        set(words, position);
        set(summary, position >>> 6);
    }

    /**
     * The next changed position, which thereby counts as unchanged; -1 once a pass over all has ended, after which the
     * next call begins another.
     */
    public int take() {
        while (wordBits == 0) {
            while (summaryBits == 0) {
                if (summaryIndex == summary.length()) {
                    summaryIndex = 0;
                    return -1;
                }
                summaryBits = clear(summary, summaryIndex++);
            }
            wordIndex = (summaryIndex - 1 << 6) + Long.numberOfTrailingZeros(summaryBits);
            summaryBits &= summaryBits - 1;
            wordBits = clear(words, wordIndex);
        }
        final int position = (wordIndex << 6) + Long.numberOfTrailingZeros(wordBits);
        wordBits &= wordBits - 1;
        return position;
    }

    private static void set(final AtomicLongArray bits, final int index) {
        final int word = index >>> 6;
        final long bit = 1L << index;
        long before = bits.get(word);
        // CAS against other markers and against clear()
        while ((before & bit) == 0 && !bits.compareAndSet(word, before, before | bit)) {
            before = bits.get(word);
        }
    }

    private static long clear(final AtomicLongArray bits, final int word) {
        // pairs with the CAS in set(): what was marked before is in the answer, what is marked later stays for next
        // time
        return bits.get(word) == 0 ? 0 : bits.getAndSet(word, 0);
    }
}
