package io.ringvs.service;

import java.util.BitSet;

/**
 * Gives out numbers from 0 on, always the lowest free one.
 *
 * <p><b>Threading:</b> control thread.
 */
final class NumberPool {
    private final int capacity;
    private final BitSet used = new BitSet();
    /** No number below it is free. */
    private int searchFrom;

    NumberPool(final int capacity) {
        this.capacity = capacity;
    }

    /** Takes a number, or returns {@code capacity} when all are in use. */
    int take() {
        final int number = used.nextClearBit(searchFrom);
        if (number >= capacity) {
            return capacity;
        }
        used.set(number);
        searchFrom = number + 1;
        return number;
    }

    void release(final int number) {
        used.clear(number);
        searchFrom = Math.min(searchFrom, number);
    }
}
