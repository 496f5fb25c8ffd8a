package io.ringvs.ring;

import org.agrona.UnsafeApi;

/** Gives the kernel frames to receive into. */
public final class FillRing extends ProducerRing {
    public FillRing(final RingMemory memory) {
        super(memory);
    }

    /** Writes the address of a frame into the i-th reserved entry. */
    public void write(final int i, final long address) {
        UnsafeApi.putLong(entries + ((long)((producer + i) & mask) << RingMemory.ADDRESS_SHIFT), address);
    }
}
