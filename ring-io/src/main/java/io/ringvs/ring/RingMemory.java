package io.ringvs.ring;

import org.agrona.UnsafeApi;

/**
 * Where one ring lies: pointers to its three shared words and its entries.
 *
 * <pre>
 *     producer      u32   index of the next entry to be produced
 *     consumer      u32   index of the next entry to be consumed
 *     flags         u32   bit 0: the kernel wants to be woken up
 *     entries       size x 8 bytes (fill, completion) or size x 16 bytes (RX, TX)
 * </pre>
 *
 * All in host byte order. The words lie on different cache lines, where the kernel's XDP_MMAP_OFFSETS says.
 *
 * <p><b>Source</b>: struct xdp_ring_offset and struct xdp_desc of Linux include/uapi/linux/if_xdp.h.
 *
 * @param producer pointer to the producer index
 * @param consumer pointer to the consumer index
 * @param flags    pointer to the flags
 * @param entries  pointer to entry 0
 * @param size     number of entries, a power of two
 */
public record RingMemory(long producer, long consumer, long flags, long entries, int size) {
    /** Flag: the kernel sleeps and wants to be woken up by a system call. */
    public static final int NEED_WAKEUP = 1;

    /** Bytes in an entry of the fill and the completion ring: an address. */
    public static final int ADDRESS_BYTES = 8;
    /** Bytes in an entry of the RX and the TX ring. */
    public static final int DESCRIPTOR_BYTES = 16;
    /** Offset of a descriptor's address, u64. */
    public static final int DESCRIPTOR_ADDRESS = 0;
    /** Offset of a descriptor's packet length in bytes, u32. */
    public static final int DESCRIPTOR_LENGTH = 8;
    /** Offset of a descriptor's options, u32; 0 is a packet in one frame without metadata. */
    public static final int DESCRIPTOR_OPTIONS = 12;

    static final int ADDRESS_SHIFT = 3;
    static final int DESCRIPTOR_SHIFT = 4;

    public RingMemory {
        if (Integer.bitCount(size) != 1 || size < 1) {
            throw new IllegalArgumentException("a ring's size must be a power of two, not " + size);
        }
    }

    /** Entries produced and not yet consumed, as any thread sees them: a reading of the moment, for statistics. */
    public int filled() {
        // the consumer first: it follows the producer, so the difference is never negative, at most too large
        final int consumed = UnsafeApi.getIntAcquire(null, consumer);
        return Math.min(UnsafeApi.getIntAcquire(null, producer) - consumed, size);
    }
}
