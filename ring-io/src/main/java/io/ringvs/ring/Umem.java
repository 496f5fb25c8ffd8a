package io.ringvs.ring;

import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;

/**
 * The packet memory of one worker: one aligned region, divided into frames of equal size.
 *
 * <pre>
 *     frame  |&lt; XDP headroom 256 &gt;|&lt; headroom &gt;|&lt; received packet, at most maxPacketBytes ...  &gt;|
 *            ^ frameAddress(n)                  ^ frameAddress(n) + receiveOffset
 * </pre>
 *
 * <p>The region starts on a 2 MiB boundary and asks for transparent huge pages.
 *
 * <p><b>Threading</b>: immutable; the memory belongs to the worker whose frames these are.
 *
 * <p><b>Errors</b>: {@link IllegalArgumentException} with a sentence for sizes that the kernel would refuse.
 *
 * <p><b>Source</b>: Linux Documentation/networking/af_xdp.rst, section UMEM; XDP_PACKET_HEADROOM of
 * include/uapi/linux/bpf.h.
 */
public final class Umem implements AutoCloseable {
    /** Bytes before a received packet that the kernel keeps free for XDP programs, whatever was configured. */
    public static final int XDP_PACKET_HEADROOM = 256;
    /** Smallest frame the kernel accepts, in bytes. */
    public static final int MIN_FRAME_SIZE = 2048;
    /** Largest frame the kernel accepts, one page, in bytes. */
    public static final int MAX_FRAME_SIZE = 4096;
    /**
     * A cache line more than the smallest. Frames at a power of two of bytes begin in a few sets of each cache: of a
     * second-level cache of 2048 sets in 64, where no more than 1024 frames find room. A line more spreads them over
     * all.
     *
     * <p>For copy mode only: frames that cross the border of a page need it to be contiguous with the next for the
     * card, and the kernel silently drops those that are not.
     */
    public static final int STAGGERED_FRAME_SIZE = MIN_FRAME_SIZE + 64;

    private static final long HUGE_PAGE_BYTES = 2L << 20;
    private static final int CACHE_LINE_BYTES = 64;
    private static final int CACHE_LINE_SHIFT = 6;
    /**
     * The quotient is exact for line numbers below 2^31, as the reciprocal by 64 lines is too great by less than 2^-31.
     */
    private static final int RECIPROCAL_SHIFT = 37;

    private final long basePointer;
    private final int frameCount;
    private final int frameSize;
    /** 2^37 by the lines of a frame, rounded up: division of a line number by a frame's lines is a multiplication. */
    private final long reciprocal;
    private final int headroom;
    private boolean open = true;

    private Umem(final long basePointer, final int frameCount, final int frameSize, final int headroom) {
        this.basePointer = basePointer;
        this.frameCount = frameCount;
        this.frameSize = frameSize;
        final long lines = frameSize >> CACHE_LINE_SHIFT;
        this.reciprocal = ((1L << RECIPROCAL_SHIFT) + lines - 1) / lines;
        this.headroom = headroom;
    }

    /**
     * Maps memory for {@code frameCount} frames.
     *
     * @param frameSize 2048 or 4096 bytes; in copy mode another multiple of 64 between them, too
     * @param headroom  bytes kept free before each received packet, beyond {@link #XDP_PACKET_HEADROOM}
     */
    public static Umem map(final int frameCount, final int frameSize, final int headroom) {
        if (frameCount < 1) {
            throw new IllegalArgumentException("a UMEM needs at least 1 frame, not " + frameCount);
        }
        if (frameSize < MIN_FRAME_SIZE || frameSize > MAX_FRAME_SIZE || frameSize % CACHE_LINE_BYTES != 0) {
            throw new IllegalArgumentException(
                "frame size must be a multiple of 64 from 2048 to 4096 bytes, not " + frameSize);
        }
        final int room = frameSize - XDP_PACKET_HEADROOM;
        if (headroom < 0 || headroom >= room) {
            throw new IllegalArgumentException("headroom must be between 0 and " + (room - 1)
                + " bytes for frames of " + frameSize + ", not " + headroom);
        }
        return new Umem(mapAligned((long)frameCount * frameSize), frameCount, frameSize, headroom);
    }

    private static long mapAligned(final long length) {
        final long mappedLength = length + HUGE_PAGE_BYTES;
        final long mapped = LinuxCalls.mmap(0, mappedLength, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
            LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);
        final long base = (mapped + HUGE_PAGE_BYTES - 1) & -HUGE_PAGE_BYTES;
        final long pageSize = LinuxCalls.pageSize();
        final long end = (base + length + pageSize - 1) & -pageSize;
        if (base != mapped) {
            LinuxCalls.munmap(mapped, base - mapped);
        }
        if (end != mapped + mappedLength) {
            LinuxCalls.munmap(end, mapped + mappedLength - end);
        }
        try {
            LinuxCalls.madvise(base, length, LinuxCalls.MADV_HUGEPAGE);
        } catch (final NativeCallException e) {
            // A kernel built without transparent huge pages answers EINVAL; small pages serve as well, only slower.
            return base;
        }
        return base;
    }

    /** Where the region starts in this process. */
    public long basePointer() {
        return basePointer;
    }

    /** Where the byte at an address lies in this process. */
    public long pointer(final long address) {
        return basePointer + address;
    }

    /** Length of the region in bytes. */
    public long lengthBytes() {
        return (long)frameCount * frameSize;
    }

    /** Number of frames. */
    public int frameCount() {
        return frameCount;
    }

    /** Bytes in a frame. */
    public int frameSize() {
        return frameSize;
    }

    /** Whether frames begin elsewhere than at multiples of a power of two: the kernel's unaligned mode. */
    public boolean isUnaligned() {
        return Integer.bitCount(frameSize) != 1;
    }

    /** Configured headroom in bytes, as registered with the kernel. */
    public int headroom() {
        return headroom;
    }

    /** Where in a frame the kernel puts a received packet, in bytes from the start of the frame. */
    public int receiveOffset() {
        return XDP_PACKET_HEADROOM + headroom;
    }

    /** The longest packet that the kernel can receive into a frame, link layer header included, in bytes. */
    public int maxPacketBytes() {
        return frameSize - receiveOffset();
    }

    /** Address of a frame's first byte. */
    public long frameAddress(final int frame) {
        return (long)frame * frameSize;
    }

    /** Number of the frame that an address lies in. */
    public int frameOf(final long address) {
        return (int)((address >>> CACHE_LINE_SHIFT) * reciprocal >>> RECIPROCAL_SHIFT);
    }

    /** Address of the first byte of the frame that an address lies in. */
    public long frameStart(final long address) {
        return (long)frameOf(address) * frameSize;
    }

    /** Unmaps the memory. Sockets that registered it keep the pages until they are closed. */
    @Override
    public void close() {
        if (open) {
            open = false;
            final long pageSize = LinuxCalls.pageSize();
            LinuxCalls.munmap(basePointer, (lengthBytes() + pageSize - 1) & -pageSize);
        }
    }
}
