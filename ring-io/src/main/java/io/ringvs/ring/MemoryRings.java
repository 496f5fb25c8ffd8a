package io.ringvs.ring;

import org.agrona.UnsafeApi;

/**
 * The four rings of a port in plain memory, for tests and benchmarks: the worker's side is what it is over a socket,
 * and {@link KernelSide} plays the kernel.
 *
 * <p>Each ring lies in the block like this, in bytes; the gaps keep two threads off each other's cache lines:
 *
 * <pre>
 *       0  producer index u32
 *     128  consumer index u32
 *     256  flags          u32
 *     384  entries
 * </pre>
 *
 * <p><b>Threading</b>: set up by one thread; afterwards the two sides may be played by two threads.
 */
public final class MemoryRings implements AutoCloseable {
    static final int PRODUCER = 0;
    static final int CONSUMER = 128;
    static final int FLAGS = 256;
    static final int ENTRIES = 384;

    private final long block;
    private final PortRings rings;
    private final KernelSide kernel;
    private boolean open = true;

    /** Rings of these sizes whose indexes start at 0, as the kernel's do. */
    public MemoryRings(final Umem umem, final RingSizes sizes) {
        this(umem, sizes, 0);
    }

    /** Rings of these sizes whose indexes start anywhere, for instance shortly before they wrap around. */
    public MemoryRings(final Umem umem, final RingSizes sizes, final int startIndex) {
        final long fillBytes = bytes(sizes.fill(), RingMemory.ADDRESS_BYTES);
        final long completionBytes = bytes(sizes.completion(), RingMemory.ADDRESS_BYTES);
        final long rxBytes = bytes(sizes.rx(), RingMemory.DESCRIPTOR_BYTES);
        final long txBytes = bytes(sizes.tx(), RingMemory.DESCRIPTOR_BYTES);
        final long length = fillBytes + completionBytes + rxBytes + txBytes;

        block = UnsafeApi.allocateMemory(length + CONSUMER);
        UnsafeApi.setMemory(block, length + CONSUMER, (byte)0);
        final long fillStart = (block + CONSUMER - 1) & -CONSUMER;
        final long completionStart = fillStart + fillBytes;
        final long rxStart = completionStart + completionBytes;
        final long txStart = rxStart + rxBytes;

        final RingMemory fill = ring(fillStart, sizes.fill(), startIndex);
        final RingMemory completion = ring(completionStart, sizes.completion(), startIndex);
        final RingMemory rx = ring(rxStart, sizes.rx(), startIndex);
        final RingMemory tx = ring(txStart, sizes.tx(), startIndex);
        rings = new PortRings(new FillRing(fill), new CompletionRing(completion), new RxRing(rx), new TxRing(tx));
        kernel = new KernelSide(umem, fill, completion, rx, tx);
    }

    private static long bytes(final int size, final int entryBytes) {
        final long length = ENTRIES + (long)size * entryBytes;
        return (length + CONSUMER - 1) & -CONSUMER;
    }

    private static RingMemory ring(final long start, final int size, final int startIndex) {
        UnsafeApi.putInt(start + PRODUCER, startIndex);
        UnsafeApi.putInt(start + CONSUMER, startIndex);
        return new RingMemory(start + PRODUCER, start + CONSUMER, start + FLAGS, start + ENTRIES, size);
    }

    /** The worker's side. */
    public PortRings rings() {
        return rings;
    }

    /** The other side. */
    public KernelSide kernel() {
        return kernel;
    }

    /** A port over these rings. */
    public Port port(final int interfaceIndex, final int queue, final FrameStack frames) {
        return new Port(interfaceIndex, queue, rings, frames, kernel);
    }

    /** Frees the memory; neither side may be used any more. */
    @Override
    public void close() {
        if (open) {
            open = false;
            UnsafeApi.freeMemory(block);
        }
    }
}
