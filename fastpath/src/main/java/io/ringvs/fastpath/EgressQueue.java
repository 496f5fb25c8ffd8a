package io.ringvs.fastpath;

import java.util.Arrays;

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
    /** Whether each frame is one that the director made besides the packets it forwards. */
    private final boolean[] own;
    private int owns;
    private int count;

    /** @param capacity frames between two flushes at most */
    EgressQueue(final Port port, final int capacity, final WorkerCounters counters) {
        this.port = port;
        this.counters = counters;
        addresses = new long[capacity];
        lengths = new int[capacity];
        own = new boolean[capacity];
    }

    int interfaceIndex() {
        return port.interfaceIndex();
    }

    void add(final long address, final int length) {
        addresses[count] = address;
        lengths[count] = length;
        count++;
    }

    /** Adds a frame that is not counted as a forwarded packet: an ICMP error, or a fragment after the first. */
    void addOwn(final long address, final int length) {
        if (count == addresses.length) {
            flush();
        }
        own[count] = true;
        owns++;
        add(address, length);
    }

    /**
     * Gives the frames to the TX ring. If they do not fit, the kernel is woken up and completed frames are taken back
     * once, and what does not fit then is dropped.
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
        counters.count(FORWARD, sent - ownsBefore(sent));
        count = 0;
        if (owns != 0) {
            Arrays.fill(own, false);
            owns = 0;
        }
        return sent;
    }

    private int flushFull(final int alreadySent) {
        wakeUp();
        port.recycle();
        final int sent = alreadySent + port.transmit(addresses, lengths, alreadySent, count - alreadySent);
        for (int i = sent; i < count; i++) {
            port.free(addresses[i]);
        }
        counters.count(TX_FULL, count - sent - (owns - ownsBefore(sent)));
        return sent;
    }

    private int ownsBefore(final int end) {
        int found = 0;
        for (int i = 0; owns != 0 && i < end; i++) {
            found += own[i] ? 1 : 0;
        }
        return found;
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
