package io.ringvs.ring;

import org.agrona.UnsafeApi;

/** Gives the packets that the kernel has received. */
public final class RxRing extends ConsumerRing {
    /** XSK_UNALIGNED_BUF_OFFSET_SHIFT of include/uapi/linux/if_xdp.h. */
    private static final int OFFSET_SHIFT = 48;
    private static final long FRAME_BITS = (1L << OFFSET_SHIFT) - 1;

    public RxRing(final RingMemory memory) {
        super(memory);
    }

    /**
     * Address of the i-th packet's first byte. The kernel gives that of the frame in the lower 48 bits, and in the
     * upper ones how far into it the packet begins, 0 when the lower ones say all.
     */
    public long address(final int i) {
        final long given = UnsafeApi.getLong(entry(i) + RingMemory.DESCRIPTOR_ADDRESS);
        return (given & FRAME_BITS) + (given >>> OFFSET_SHIFT);
    }

    /** Length of the i-th packet, in bytes. */
    public int length(final int i) {
        return UnsafeApi.getInt(entry(i) + RingMemory.DESCRIPTOR_LENGTH);
    }

    private long entry(final int i) {
        return entries + ((long)((consumer + i) & mask) << RingMemory.DESCRIPTOR_SHIFT);
    }
}
