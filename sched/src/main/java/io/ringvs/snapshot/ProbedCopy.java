package io.ringvs.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;

/**
 * The next state of an open-addressing table of references: linear probing, at most half full. Looking things up is the
 * table's own business, since only it knows by what.
 *
 * <p><b>Threading:</b> one thread.
 */
final class ProbedCopy<T> {
    private static final int LEAST_SLOTS = 4;

    private final ToIntFunction<T> hash;
    private final ChunkedCopy<T> slots;
    private int mask;
    private int size;

    /**
     * @param former    slots, their number a power of two; or none
     * @param size      how many of them are taken
     * @param hash      of what stands in a slot; the least significant bits choose it
     * @param allocator makes a chunk of free slots
     */
    ProbedCopy(
        final T[][] former, final int size, final ToIntFunction<T> hash, final IntFunction<T[]> allocator) {
        this.hash = hash;
        this.slots = new ChunkedCopy<>(former, allocator);
        this.mask = mask(former);
        this.size = size;
        if (mask < 0) {
            resize(LEAST_SLOTS);
        }
    }

    /** Slots less one, for a hash to choose by. */
    static int mask(final Object[][] slots) {
        return slots.length == 0 ? -1 : slots.length * slots[0].length - 1;
    }

    void add(final T element) {
        if (2 * (size + 1) > mask + 1) {
            resize(2 * (mask + 1));
        }
        insert(element);
        size++;
    }

    /** Takes that very object out, if it is there. */
    void remove(final T element) {
        int free = hash.applyAsInt(element) & mask;
        while (slots.get(free) != element) {
            if (slots.get(free) == null) {
                return;
            }
            free = free + 1 & mask;
        }
        // moves back whatever would not be found beyond the free slot
        for (int slot = free + 1 & mask; slots.get(slot) != null; slot = slot + 1 & mask) {
            final T next = slots.get(slot);
            final int distance = slot - hash.applyAsInt(next) & mask;
            if (distance >= (slot - free & mask)) {
                slots.set(free, next);
                free = slot;
            }
        }
        slots.set(free, null);
        size--;
    }

    int size() {
        return size;
    }

    T[][] slots() {
        return slots.chunks();
    }

    private void resize(final int length) {
        final List<T> elements = new ArrayList<>(size);
        for (int slot = 0; slot <= mask; slot++) {
            if (slots.get(slot) != null) {
                elements.add(slots.get(slot));
            }
        }
        slots.reset(length);
        mask = length - 1;
        elements.forEach(this::insert);
    }

    private void insert(final T element) {
        int slot = hash.applyAsInt(element) & mask;
        while (slots.get(slot) != null) {
            slot = slot + 1 & mask;
        }
        slots.set(slot, element);
    }
}
