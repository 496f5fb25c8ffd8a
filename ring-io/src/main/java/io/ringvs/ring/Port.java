package io.ringvs.ring;

/**
 * Receives and sends the packets of one (interface, queue), and keeps account of its frames.
 *
 * <pre>
 *        frame stack ----- recycle -----&gt; fill ring ---&gt; kernel ---&gt; RX ring
 *             ^                                                        |
 *             |                                                     receive
 *             +------------------------- free ----------------- worker's batch
 *             |                                                        |
 *             |                                                     transmit (same or another port)
 *             |                                                        v
 *             +---- recycle ---- completion ring &lt;--- kernel &lt;---- TX ring
 * </pre>
 *
 * <p>A duty cycle of a worker is: {@link #receive} on a port, {@link #transmit} on one or more, {@link #kick} and
 * {@link #recycle} on each of them. The port leaves at most {@link RingSizes#fill} frames with the kernel for
 * receiving, so it knows without looking at shared memory how many to add.
 *
 * <p><b>Threading</b>: one worker.
 *
 * <p><b>Errors</b>: none thrown; what does not fit is not accepted and stays the caller's.
 */
public final class Port extends Padding {
    private final int interfaceIndex;
    private final int queue;
    private final PortRings rings;
    private final FillRing fill;
    private final CompletionRing completion;
    private final RxRing rx;
    private final TxRing tx;
    private final FrameStack frames;
    private final Wakeup wakeup;
    private final boolean busyPolls;

    /** Frames given to the fill ring and not yet received. */
    private int posted;
    /** Frames given to the TX ring and not yet completed. */
    private int underway;

    /** A port over these rings; {@link #recycle} gives the kernel its first frames. */
    public Port(
        final int interfaceIndex, final int queue, final PortRings rings, final FrameStack frames,
        final Wakeup wakeup) {
        this.interfaceIndex = interfaceIndex;
        this.queue = queue;
        this.rings = rings;
        this.fill = rings.fill();
        this.completion = rings.completion();
        this.rx = rings.rx();
        this.tx = rings.tx();
        this.frames = frames;
        this.wakeup = wakeup;
        this.busyPolls = wakeup.busyPolls();
    }

    /**
     * Takes received packets. Their frames are the caller's until given to {@link #transmit} or {@link #free}.
     *
     * @param addresses receives the address of each packet's first byte, from {@code offset}
     * @param lengths   receives each packet's length in bytes, from {@code offset}
     * @return number of packets, at most {@code max}
     */
    public int receive(final long[] addresses, final int[] lengths, final int offset, final int max) {
        final RxRing ring = rx;
        final int count = ring.peek(max);
        if (count == 0) {
            return 0;
        }
        for (int i = 0; i < count; i++) {
            addresses[offset + i] = ring.address(i);
            lengths[offset + i] = ring.length(i);
        }
        ring.release(count);
        posted -= count;
        return count;
    }

    /**
     * Gives packets to the TX ring, in order, until it is full.
     *
     * @return number accepted, counted from {@code offset}; the frames of the others stay the caller's
     */
    public int transmit(final long[] addresses, final int[] lengths, final int offset, final int count) {
        final TxRing ring = tx;
        final int accepted = ring.reserve(count);
        if (accepted == 0) {
            return 0;
        }
        for (int i = 0; i < accepted; i++) {
            ring.write(i, addresses[offset + i], lengths[offset + i]);
        }
        ring.submit(accepted);
        underway += accepted;
        return accepted;
    }

    /** Frees the frame that an address lies in; for packets that are dropped. */
    public void free(final long address) {
        frames.push(address);
    }

    /**
     * Wakes the kernel up where a ring asks for it; called at most once per batch. A kernel that did not send
     * everything at once is woken up again by the next call, although nothing new was transmitted.
     *
     * @return 0, or {@code -errno} of a wake-up that failed otherwise than for the kernel being busy
     */
    public int kick() {
        int result = 0;
        if (underway != 0 && tx.needsWakeup() && tx.pending() != 0) {
            result = wakeup.wakeTx();
        }
        if (busyPolls || fill.needsWakeup()) {
            final int rxResult = wakeup.wakeRx();
            result = result != 0 ? result : rxResult;
        }
        return result;
    }

    /**
     * Frees the frames that have been sent, and gives the kernel frames to receive into.
     *
     * @return number of frames that had been sent
     */
    public int recycle() {
        final int completed = underway == 0 ? 0 : reclaim();
        final int missing = fill.size() - posted;
        if (missing != 0 && frames.size() != 0) {
            refill(missing);
        }
        return completed;
    }

    private int reclaim() {
        final CompletionRing ring = completion;
        final int count = ring.peek(underway);
        if (count != 0) {
            frames.pushCompleted(ring, count);
            ring.release(count);
            underway -= count;
        }
        return count;
    }

    private void refill(final int missing) {
        final FillRing ring = fill;
        final int count = ring.reserve(Math.min(missing, frames.size()));
        frames.popInto(ring, count);
        ring.submit(count);
        posted += count;
    }

    /** Frames that are with the kernel for receiving, or received and lying in the RX ring. */
    public int posted() {
        return posted;
    }

    /** Frames that are with the kernel for sending, or sent and lying in the completion ring. */
    public int underway() {
        return underway;
    }

    /** Kernel's index of the interface. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** Number of the interface's queue. */
    public int queue() {
        return queue;
    }

    /** The rings, for accounting; only the port itself may move them. */
    public PortRings rings() {
        return rings;
    }
}
