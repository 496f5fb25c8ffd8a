package io.ringvs.fastpath;

import io.ringvs.packet.Verdict;
import io.ringvs.ring.Port;

/**
 * The frames of a batch that leave by one port, in order.
 *
 * <p><b>Threading:</b> one worker.
 */
final class EgressQueue {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte TX_FULL = Verdict.DROP_TX_FULL.code();

    private final Port port;
    private final WorkerCounters counters;
    private final long[] addresses;
    private final int[] lengths;
    private int count;

    /** @param capacity frames between two flushes at most */
    EgressQueue(final Port port, final int capacity, final WorkerCounters counters) {
        this.port = port;
        this.counters = counters;
        addresses = new long[capacity];
        lengths = new int[capacity];
    }

    int interfaceIndex() {
        return port.interfaceIndex();
    }

    void add(final long address, final int length) {
        addresses[count] = address;
        lengths[count] = length;
        count++;
    }

    /**
     * Gives the frames to the TX ring. If they do not fit, the kernel is woken up and completed frames are taken back once,
     * and what does not fit then is dropped.
     *
     * @return frames given
     */
    int flush() {
        if (count == 0) {
            return 0;
        }
        int sent = port.transmit(addresses, lengths, 0, count);
        if (sent < count) {
            sent = flushFull(sent);
        }
        counters.count(FORWARD, sent);
        count = 0;
        return sent;
    }

    private int flushFull(final int alreadySent) {
        wakeUp();
        port.recycle();
        final int sent = alreadySent + port.transmit(addresses, lengths, alreadySent, count - alreadySent);
        for (int i = sent; i < count; i++) {
            port.free(addresses[i]);
        }
        counters.count(TX_FULL, count - sent);
        return sent;
    }

    private void wakeUp() {
        if (port.kick() != 0) {
            counters.countFailedWakeup();
        }
    }

    /** Ends the port's part of a duty cycle: one wake-up where a ring asks for it, and frames back into circulation. */
    void finishCycle() {
        wakeUp();
        port.recycle();
    }
}
