package io.ringvs.ring;

import org.agrona.UnsafeApi;

/**
 * The reading side of a ring: peek at entries, read them, release them.
 *
 * <p>All methods are final and the two subclasses are, so every call is a direct one.
 *
 * <p><b>Threading</b>: one worker.
 *
 * <p><b>Source</b>: Linux net/xdp/xsk_queue.h, the consumer's half.
 */
public abstract class ConsumerRing extends Padding {
    private final RingMemory memory;
    private final long producerPointer;
    private final long consumerPointer;
    private final int size;

    /** Where entry {@code i & mask} lies, for the subclasses. */
    final long entries;
    final int mask;
    /** Own index: the next entry to be released. */
    int consumer;
    private int cachedProducer;

    ConsumerRing(final RingMemory memory) {
        this.memory = memory;
        producerPointer = memory.producer();
        consumerPointer = memory.consumer();
        size = memory.size();
        entries = memory.entries();
        mask = size - 1;
        consumer = UnsafeApi.getInt(consumerPointer);
        // Pairs with the peer's store-release of the producer index (B), as in peek.
        cachedProducer = UnsafeApi.getIntAcquire(null, producerPointer);
    }

    /** Says how many entries, of {@code max}, can be read now. */
    public final int peek(final int max) {
        int available = cachedProducer - consumer;
        if (available < max) {
            // Pairs with the peer's store-release of the producer index (B): entries and frames before it are visible.
            cachedProducer = UnsafeApi.getIntAcquire(null, producerPointer);
            available = cachedProducer - consumer;
        }
        return Math.min(available, max);
    }

    /** Gives the first {@code count} entries, which have been read, back to be overwritten. */
    public final void release(final int count) {
        consumer += count;
        // Pairs with the peer's load-acquire of the consumer index (A): our reads of the entries come before it.
        UnsafeApi.putIntRelease(null, consumerPointer, consumer);
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
