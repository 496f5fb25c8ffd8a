package io.ringvs.conntab;

import org.agrona.UnsafeApi;

/**
 * The flow keys of a batch of packets, off-heap, to be looked up together.
 *
 * <p>The caller writes keys at {@link #entry} by the offsets of {@link FlowLayout}, sets {@link #size(int)}, calls
 * {@link ConnectionLookup#find(FlowBatch)}, and reads {@link #slot}.
 *
 * <p><b>Threading:</b> one worker's.
 */
public final class FlowBatch implements AutoCloseable {
    private static final int LINE = 64;

    private final int capacity;
    private final long allocated;
    private final long entries;
    private final long displaced;
    private int size;
    /** What touching lines summed up to; stored so that the loads are not optimised away. */
    private long touched;

    public FlowBatch(final int capacity) {
        this.capacity = capacity;
        final long length = (long) capacity * FlowLayout.LENGTH + (long) capacity * Integer.BYTES;
        this.allocated = UnsafeApi.allocateMemory(length + LINE);
        UnsafeApi.setMemory(allocated, length + LINE, (byte) 0);
        this.entries = allocated + LINE - 1 & -LINE;
        this.displaced = entries + (long) capacity * FlowLayout.LENGTH;
    }

    /** Address of entry {@code index}; see {@link FlowLayout}. */
    public long entry(final int index) {
        return entries + ((long) index << 6);
    }

    /** The slot found for entry {@code index}, or {@link FlowLayout#NOT_FOUND}. */
    public int slot(final int index) {
        return UnsafeApi.getInt(entry(index) + FlowLayout.SLOT);
    }

    /** Corrects the result of a lookup, for instance once the missing connection was opened. */
    public void slot(final int index, final int slot) {
        UnsafeApi.putInt(entry(index) + FlowLayout.SLOT, slot);
    }

    public int size() {
        return size;
    }

    public void size(final int size) {
        this.size = size;
    }

    public int capacity() {
        return capacity;
    }

    /** Where a lookup keeps the indexes of entries that are not at their home line: {@code capacity} ints. */
    long displaced() {
        return displaced;
    }

    void touched(final long sum) {
        touched += sum;
    }

    long touched() {
        return touched;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(allocated);
    }
}
