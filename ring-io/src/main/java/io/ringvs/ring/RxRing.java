package io.ringvs.ring;

import org.agrona.UnsafeApi;

/** Gives the packets that the kernel has received. */
public final class RxRing extends ConsumerRing {
    public RxRing(final RingMemory memory) {
        super(memory);
    }

    /** Address of the i-th packet's first byte. */
    public long address(final int i) {
        return UnsafeApi.getLong(entry(i) + RingMemory.DESCRIPTOR_ADDRESS);
    }

    /** Length of the i-th packet, in bytes. */
    public int length(final int i) {
        return UnsafeApi.getInt(entry(i) + RingMemory.DESCRIPTOR_LENGTH);
    }

    private long entry(final int i) {
        return entries + ((long)((consumer + i) & mask) << RingMemory.DESCRIPTOR_SHIFT);
    }
}
