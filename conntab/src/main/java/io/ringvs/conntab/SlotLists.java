package io.ringvs.conntab;

import org.agrona.UnsafeApi;

/**
 * Storage for lists of ints (timer entries, retired slots): 64-byte chunks from one region that is touched only as
 * chunks are first used.
 *
 * <pre>
 *   0  next chunk u32, -1 none     4..63  fifteen ints
 * </pre>
 *
 * A list is the number of its first chunk, or {@link #EMPTY}; only the first chunk of a list may be partly filled, and
 * its owner keeps the count in it.
 *
 * <p><b>Threading:</b> one worker's.
 */
final class SlotLists implements AutoCloseable {
    static final int EMPTY = -1;
    static final int PER_CHUNK = 15;
    private static final int CHUNK_LENGTH = 64;
    private static final int NEXT = 0;
    private static final int ITEMS = 4;

    private final TableMemory memory;
    private final int capacity;
    private final long base;
    private int firstFree = EMPTY;
    private int neverUsed;
    private int inUse;

    SlotLists(final int capacity, final TableMemory memory) {
        this.capacity = capacity;
        this.memory = memory;
        this.base = memory.reserve((long) capacity * CHUNK_LENGTH);
    }

    /** How many chunks can still be taken. */
    int available() {
        return capacity - inUse;
    }

    /** Chunks whose memory was ever touched. */
    int highWater() {
        return neverUsed;
    }

    /** Takes a chunk and puts it in front of {@code list}. There must be one {@link #available}. */
    int prepend(final int list) {
        final int chunk;
        if (firstFree != EMPTY) {
            chunk = firstFree;
            firstFree = next(chunk);
        } else {
            chunk = neverUsed++;
        }
        inUse++;
        UnsafeApi.putInt(address(chunk) + NEXT, list);
        return chunk;
    }

    /** Gives a list's first chunk back; returns the rest of the list. */
    int dropFirst(final int list) {
        final int rest = next(list);
        UnsafeApi.putInt(address(list) + NEXT, firstFree);
        firstFree = list;
        inUse--;
        return rest;
    }

    int next(final int chunk) {
        return UnsafeApi.getInt(address(chunk) + NEXT);
    }

    int item(final int chunk, final int index) {
        return UnsafeApi.getInt(address(chunk) + ITEMS + index * Integer.BYTES);
    }

    void item(final int chunk, final int index, final int value) {
        UnsafeApi.putInt(address(chunk) + ITEMS + index * Integer.BYTES, value);
    }

    private long address(final int chunk) {
        return base + (long) chunk * CHUNK_LENGTH;
    }

    @Override
    public void close() {
        memory.release(base, (long) capacity * CHUNK_LENGTH);
    }
}
