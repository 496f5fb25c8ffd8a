package io.ringvs.ring;

import org.agrona.UnsafeApi;

/**
 * The writing side of a ring: reserve entries, write them, submit them.
 *
 * <p>All methods are final and the two subclasses are, so every call is a direct one.
 *
 * <p><b>Threading</b>: one worker.
 *
 * <p><b>Source</b>: Linux net/xdp/xsk_queue.h, the producer's half.
 */
public abstract class ProducerRing extends Padding {
    private final RingMemory memory;
    private final long producerPointer;
    private final long consumerPointer;
    private final long flagsPointer;
    private final int size;

    /** Where entry {@code i & mask} lies, for the subclasses. */
    final long entries;
    final int mask;
    /** Own index: the next entry to be submitted. */
    int producer;
    private int cachedConsumer;

    ProducerRing(final RingMemory memory) {
        this.memory = memory;
        producerPointer = memory.producer();
        consumerPointer = memory.consumer();
        flagsPointer = memory.flags();
        size = memory.size();
        entries = memory.entries();
        mask = size - 1;
        producer = UnsafeApi.getInt(producerPointer);
        // Pairs with the peer's store-release of the consumer index (D), as in reserve.
        cachedConsumer = UnsafeApi.getIntAcquire(null, consumerPointer);
    }

    /**
     * Says how many of {@code wanted} entries may be written now. Repeating it before {@link #submit} reserves the same
     * entries again.
     */
    public final int reserve(final int wanted) {
        int free = size - (producer - cachedConsumer);
        if (free < wanted) {
            // Pairs with the peer's store-release of the consumer index (D): entries before it have been read.
            cachedConsumer = UnsafeApi.getIntAcquire(null, consumerPointer);
            free = size - (producer - cachedConsumer);
        }
        return Math.min(free, wanted);
    }

    /** Hands the first {@code count} reserved entries, which have been written, to the other side. */
    public final void submit(final int count) {
        producer += count;
        // Pairs with the peer's load-acquire of the producer index (C): makes the entries and the frames visible.
        UnsafeApi.putIntRelease(null, producerPointer, producer);
    }

    /** Entries submitted and not consumed yet. */
    public final int pending() {
        // Pairs with the peer's store-release of the consumer index (D), as in reserve.
        cachedConsumer = UnsafeApi.getIntAcquire(null, consumerPointer);
        return producer - cachedConsumer;
    }

    /** Whether the kernel sleeps until it is woken up by a system call. */
    public final boolean needsWakeup() {
        // The kernel stores this word plainly. Acquire keeps the load from being hoisted out of a loop; a stale answer
        // is mended by the next one.
        return (UnsafeApi.getIntAcquire(null, flagsPointer) & RingMemory.NEED_WAKEUP) != 0;
    }

    /** Number of entries. */
    public final int size() {
        return size;
    }

    /** Where this ring lies. */
    public final RingMemory memory() {
        return memory;
    }
}
