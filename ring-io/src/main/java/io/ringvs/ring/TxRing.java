package io.ringvs.ring;

import org.agrona.UnsafeApi;

/** Gives the kernel packets to send. */
public final class TxRing extends ProducerRing {
    public TxRing(final RingMemory memory) {
        super(memory);
    }

    /** Writes a packet of {@code length} bytes that begins at {@code address} into the i-th reserved entry. */
    public void write(final int i, final long address, final int length) {
        final long entry = entries + ((long)((producer + i) & mask) << RingMemory.DESCRIPTOR_SHIFT);
        UnsafeApi.putLong(entry + RingMemory.DESCRIPTOR_ADDRESS, address);
        UnsafeApi.putInt(entry + RingMemory.DESCRIPTOR_LENGTH, length);
        UnsafeApi.putInt(entry + RingMemory.DESCRIPTOR_OPTIONS, 0);
    }
}
