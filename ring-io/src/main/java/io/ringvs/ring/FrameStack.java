package io.ringvs.ring;

/**
 * The free frames of a worker, last in first out, so that the frame used next is the one most likely still in cache.
 *
 * <p>All ports of a worker share it: that is how a frame received on one interface and sent on another finds its way
 * back. Freeing more frames than there are means that one was freed twice, and fails on the spot.
 *
 * <p><b>Threading</b>: one worker.
 */
public final class FrameStack extends Padding {
    private final long[] frames;
    private final Umem umem;
    private int size;

    /** A stack that holds every frame of a UMEM. */
    public FrameStack(final Umem umem) {
        frames = new long[umem.frameCount()];
        this.umem = umem;
        for (int frame = umem.frameCount() - 1; frame >= 0; frame--) {
            push(umem.frameAddress(frame));
        }
    }

    /** Number of free frames. */
    public int size() {
        return size;
    }

    /** Number of frames in all, free or not. */
    public int capacity() {
        return frames.length;
    }

    /** Takes the frame freed last and returns the address of its first byte; the caller has looked at {@link #size}. */
    public long pop() {
        return frames[--size];
    }

    /** Frees the frame that an address lies in. */
    public void push(final long address) {
        frames[size++] = umem.frameStart(address);
    }

    /** Frees the frames of the first {@code count} completions, which have been peeked at. */
    void pushCompleted(final CompletionRing ring, final int count) {
        final long[] stack = frames;
        final Umem memory = umem;
        final int from = size;
        for (int i = 0; i < count; i++) {
            stack[from + i] = memory.frameStart(ring.address(i));
        }
        size = from + count;
    }

    /** Takes {@code count} frames, at most {@link #size}, into the first entries reserved in a fill ring. */
    void popInto(final FillRing ring, final int count) {
        final long[] stack = frames;
        final int top = size - 1;
        for (int i = 0; i < count; i++) {
            ring.write(i, stack[top - i]);
        }
        size -= count;
    }

    /** The i-th free frame counted from the bottom, for accounting. */
    long frame(final int i) {
        return frames[i];
    }
}
