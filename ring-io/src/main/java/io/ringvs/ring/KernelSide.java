package io.ringvs.ring;

import org.agrona.UnsafeApi;

/**
 * Plays the kernel behind the rings of a {@link MemoryRings}: receives packets into frames of the fill ring, takes
 * packets from the TX ring and completes them.
 *
 * <p>Seen from here a fill ring is read as a worker reads a completion ring, and an RX ring is written as a worker
 * writes a TX ring; hence the types of the fields.
 *
 * <p>The methods that move many frames allocate nothing, so that a benchmark of the worker's side pays little for this
 * one.
 *
 * <p><b>Threading</b>: one thread, which may be the worker's.
 */
public final class KernelSide implements Wakeup {
    private final Umem umem;
    private final CompletionRing fill;
    private final FillRing completion;
    private final TxRing rx;
    private final RxRing tx;
    private final RingMemory txMemory;
    private final RingMemory fillMemory;
    private int txWakeups;
    private int rxWakeups;

    KernelSide(
        final Umem umem, final RingMemory fill, final RingMemory completion, final RingMemory rx,
        final RingMemory tx) {
        this.umem = umem;
        this.fill = new CompletionRing(fill);
        this.completion = new FillRing(completion);
        this.rx = new TxRing(rx);
        this.tx = new RxRing(tx);
        this.txMemory = tx;
        this.fillMemory = fill;
    }

    // ---- receiving

    /** Receives one packet. Returns false, and drops it, if there is no frame for it or the RX ring is full. */
    public boolean inject(final byte[] packet) {
        if (packet.length > umem.maxPacketBytes()) {
            throw new IllegalArgumentException("a packet of " + packet.length
                + " bytes does not fit a frame, which takes " + umem.maxPacketBytes());
        }
        if (fill.peek(1) == 0 || rx.reserve(1) == 0) {
            return false;
        }
        final long address = fill.address(0) + umem.receiveOffset();
        final long pointer = umem.pointer(address);
        for (int i = 0; i < packet.length; i++) {
            UnsafeApi.putByte(pointer + i, packet[i]);
        }
        rx.write(0, address, packet.length);
        rx.submit(1);
        fill.release(1);
        return true;
    }

    /**
     * Receives at most {@code max} packets that lie ready in the frames: whatever is at {@link Umem#receiveOffset} of a
     * frame in the fill ring becomes a packet of {@code length} bytes.
     *
     * @return number of packets received; fewer than {@code max} if frames or room in the RX ring lack
     */
    public int deliver(final int max, final int length) {
        final int count = rx.reserve(fill.peek(max));
        final int receiveOffset = umem.receiveOffset();
        for (int i = 0; i < count; i++) {
            rx.write(i, fill.address(i) + receiveOffset, length);
        }
        rx.submit(count);
        fill.release(count);
        return count;
    }

    /**
     * Takes frames from the fill ring, to be written to and then given to {@link #post}.
     *
     * @param addresses receives where in each frame a packet is to begin
     * @return number of frames, at most {@code max}
     */
    public int take(final long[] addresses, final int offset, final int max) {
        final int count = fill.peek(max);
        final int receiveOffset = umem.receiveOffset();
        for (int i = 0; i < count; i++) {
            addresses[offset + i] = fill.address(i) + receiveOffset;
        }
        fill.release(count);
        return count;
    }

    /** Puts packets into the RX ring, in order, until it is full. Returns the number accepted. */
    public int post(final long[] addresses, final int[] lengths, final int offset, final int count) {
        final int accepted = rx.reserve(count);
        for (int i = 0; i < accepted; i++) {
            rx.write(i, addresses[offset + i], lengths[offset + i]);
        }
        rx.submit(accepted);
        return accepted;
    }

    // ---- sending

    /** Sends one packet and completes it. Returns its bytes, or null if none waits or the completion ring is full. */
    public byte[] collect() {
        if (tx.peek(1) == 0 || completion.reserve(1) == 0) {
            return null;
        }
        final byte[] packet = new byte[tx.length(0)];
        final long pointer = umem.pointer(tx.address(0));
        for (int i = 0; i < packet.length; i++) {
            packet[i] = UnsafeApi.getByte(pointer + i);
        }
        transmit(1);
        return packet;
    }

    /** Sends and completes at most {@code max} packets without looking at them. Returns their number. */
    public int transmit(final int max) {
        final int count = completion.reserve(tx.peek(max));
        for (int i = 0; i < count; i++) {
            completion.write(i, tx.address(i));
        }
        completion.submit(count);
        tx.release(count);
        return count;
    }

    /** Takes packets from the TX ring, to be given to {@link #complete} later. Returns their number. */
    public int fetch(final long[] addresses, final int[] lengths, final int offset, final int max) {
        final int count = tx.peek(max);
        for (int i = 0; i < count; i++) {
            addresses[offset + i] = tx.address(i);
            lengths[offset + i] = tx.length(i);
        }
        tx.release(count);
        return count;
    }

    /** Completes fetched packets, in order, until the completion ring is full. Returns the number accepted. */
    public int complete(final long[] addresses, final int offset, final int count) {
        final int accepted = completion.reserve(count);
        for (int i = 0; i < accepted; i++) {
            completion.write(i, addresses[offset + i]);
        }
        completion.submit(accepted);
        return accepted;
    }

    // ---- wake-ups

    /** Sets or clears the wish to be woken up, of both rings that carry it. At first it is cleared. */
    public void sleep(final boolean asleep) {
        final int flags = asleep ? RingMemory.NEED_WAKEUP : 0;
        // Pairs with the load-acquire in ProducerRing.needsWakeup; it makes nothing else visible.
        UnsafeApi.putIntRelease(null, txMemory.flags(), flags);
        UnsafeApi.putIntRelease(null, fillMemory.flags(), flags);
    }

    @Override
    public int wakeTx() {
        txWakeups++;
        return 0;
    }

    @Override
    public int wakeRx() {
        rxWakeups++;
        return 0;
    }

    @Override
    public boolean busyPolls() {
        return false;
    }

    /** How often the TX side was woken up. */
    public int txWakeups() {
        return txWakeups;
    }

    /** How often the receiving side was woken up. */
    public int rxWakeups() {
        return rxWakeups;
    }
}
