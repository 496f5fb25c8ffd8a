package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.ONE_PACKET;
import static io.ringvs.conntab.ConnectionFlags.TEMPLATE;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.state;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.service.IpProtocol;

/**
 * The drop_entry defence: while memory is short, ends connections that are probably a flood's.
 *
 * <p>Each second a thirty-second of the table is visited at random places. Half-open connections are ended; idle ones
 * of few packets are ended with a chance that falls with the number of packets; established ones that were used in the
 * last minute stay, and so do connections that control others.
 *
 * <p><b>Threading:</b> one worker's.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_conn.c}, {@code ip_vs_random_dropentry} and {@code todrop_entry}. Linux
 * visits whole hash chains of a thirty-second of its buckets, which meets the same share of connections.
 */
final class DropEntry {
    private static final int SHARE_SHIFT = 5;
    private static final int IDLE_TICKS = 60 * Ticks.PER_SECOND;
    /** Connections with more packets are never dropped for being idle. */
    private static final int MAX_PACKETS = 8;

    private final ConnectionTable connections;
    private final WorkerConnections worker;
    private final Families families;
    /** For all workers together. */
    private final int slotsPerSecond;
    private final Counter dropped = new Counter();
    /** Slots still to be visited here. */
    private long owedVisits;
    /** Of the connections with n packets, one in n is dropped: what is left of the present n. */
    private final int[] countdown = new int[MAX_PACKETS + 1];
    private long random;

    DropEntry(final ConnectionTable connections, final WorkerConnections worker, final int number) {
        this.connections = connections;
        this.worker = worker;
        this.families = new Families(connections);
        this.slotsPerSecond = connections.flows().slots() >> SHARE_SHIFT;
        this.random = connections.flows().hash().with(number, MAX_PACKETS) | 1;
        for (int packets = 1; packets <= MAX_PACKETS; packets++) {
            countdown[packets] = packets;
        }
    }

    /**
     * Visits as many random slots as the time calls for that no worker has taken upon itself yet.
     *
     * @param limit slots to visit at most; the others are visited next time
     */
    void run(final int now, final int limit) {
        final AtomicInteger last = connections.lastDefence();
        final int before = last.get();
        final long due = (long) Math.min(now - before, Ticks.PER_SECOND) * slotsPerSecond / Ticks.PER_SECOND;
        // CAS: of several workers, one takes the time since the last visit
        if (due > 0 && last.compareAndSet(before, now)) {
            owedVisits = Math.min(owedVisits + due, slotsPerSecond);
        }
        final int visits = (int) Math.min(owedVisits, limit);
        owedVisits -= visits;
        dropped.add(visit(now, visits));
    }

    /** Connections ended; may be read by any thread. */
    long dropped() {
        return dropped.get();
    }

    /** Visits {@code count} random slots; returns how many connections were ended. */
    private int visit(final int now, final int count) {
        int ended = 0;
        for (int visit = 0; visit < count; visit++) {
            final int slot = (int) ((next() >>> 32) * connections.flows().slots() >>> 32);
            if (life(connections.control(slot)) == LIVE && shouldDrop(slot, now) && worker.kill(slot)) {
                ended++;
            }
        }
        return ended;
    }

    private boolean shouldDrop(final int slot, final int now) {
        if (families.isControlling(slot)) {
            return false;
        }
        final int control = connections.control(slot);
        final int state = state(control);
        if ((flags(control) & TEMPLATE) != 0) {
            return (flags(control) & ONE_PACKET) != 0
                ? isIdle(slot, now) : (state & ConnectionStates.TEMPLATE_ASSURED) == 0;
        }
        return switch (connections.protocol(slot)) {
            case IpProtocol.TCP -> state == TcpStates.SYN_RECV || state == TcpStates.SYNACK
                || state == TcpStates.ESTABLISHED && isIdle(slot, now);
            case IpProtocol.SCTP -> state == SctpStates.INIT1 || state == SctpStates.INIT
                || state == SctpStates.ESTABLISHED && isIdle(slot, now);
            default -> isIdle(slot, now);
        };
    }

    /** Not used for a minute, of few packets, and its turn among those of as many. */
    private boolean isIdle(final int slot, final int now) {
        final int unused = now + connections.timeoutTicks(slot) - connections.expires(slot);
        final int packets = connections.inPackets(slot);
        if (unused < IDLE_TICKS || packets <= 0 || packets > MAX_PACKETS || --countdown[packets] > 0) {
            return false;
        }
        countdown[packets] = packets;
        return true;
    }

    /** xorshift64* (Vigna 2016). */
    private long next() {
        random ^= random >>> 12;
        random ^= random << 25;
        random ^= random >>> 27;
        return random * 0x2545f4914f6cdd1dL;
    }
}
