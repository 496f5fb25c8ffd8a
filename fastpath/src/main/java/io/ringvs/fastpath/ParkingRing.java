package io.ringvs.fastpath;

import java.util.concurrent.TimeUnit;

import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

/**
 * Keeps the frames whose real server's MAC address is being asked for, in order, until a newer snapshot has it or they
 * have waited too long. The frames stay in the UMEM; how many is bounded, so that a silent server cannot starve the
 * rings.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> the unresolved queue of Linux neighbour entries, whose packets also wait about 3 s (mcast_solicit
 * times retrans_time).
 */
final class ParkingRing {
    /** Frames at most. */
    static final int CAPACITY = 64;
    /** How long a frame waits, in nanoseconds. */
    static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(3);

    private static final int TUNNEL = ForwardingMethod.TUNNEL.value();
    private static final byte PARKED = Verdict.PARKED.code();
    private static final byte FULL = Verdict.DROP_PARKING_FULL.code();
    private static final byte EXPIRED = Verdict.DROP_PARKING_EXPIRED.code();

    private final long[] addresses = new long[CAPACITY];
    private final long[] headers = new long[CAPACITY];
    private final int[] destinations = new int[CAPACITY];
    private final byte[] methods = new byte[CAPACITY];
    private final long[] translations = new long[CAPACITY];
    private final int[] interfaceIndexes = new int[CAPACITY];
    private final long[] deadlinesNs = new long[CAPACITY];
    private int count;

    /** Number of frames that wait. */
    int size() {
        return count;
    }

    /**
     * Takes packet {@code i} of a batch.
     *
     * @return the code of PARKED, or of the verdict it ends with because there is no room
     */
    byte park(final PacketBatch batch, final int i, final long nowNs) {
        if (count == CAPACITY) {
            return FULL;
        }
        addresses[count] = batch.addresses[i];
        headers[count] = batch.headers[i];
        destinations[count] = batch.destinations[i];
        methods[count] = batch.methods[i];
        translations[count] = batch.translations[i];
        interfaceIndexes[count] = batch.interfaceIndex;
        deadlinesNs[count] = nowNs + TIMEOUT_NS;
        count++;
        return PARKED;
    }

    /** Tries again to forward what waits, because there is a newer snapshot. Returns the number that wait no more. */
    int retry(final ForwardStage stage, final Snapshot snapshot, final Disposal disposal) {
        final int before = count;
        int kept = 0;
        for (int i = 0; i < before; i++) {
            final Destination destination = snapshot.destination(destinations[i]);
            final byte verdict = ParsedHeaders.isReassembled(headers[i])
                ? stage.forwardReassembled(addresses[i], headers[i], methods[i], translations[i], destination)
                : stage.forward(addresses[i], headers[i], methods[i], translations[i], destination);
            if (verdict == PARKED) {
                move(i, kept++);
            } else {
                disposal.end(verdict, addresses[i], headers[i], interfaceIndexes[i], methods[i], destination,
                    ForwardStage.mtu(methods[i], destination));
            }
        }
        count = kept;
        return before - kept;
    }

    /** Ends the waiting of frames whose time is over. Returns their number. */
    int expire(final long nowNs, final Snapshot snapshot, final Disposal disposal) {
        int expired = 0;
        while (expired < count && deadlinesNs[expired] - nowNs <= 0) {
            expire(expired, snapshot, disposal);
            expired++;
        }
        return dropFirst(expired);
    }

    /** A tunnel's outer packet is what got no answer, and its sender is the director itself. */
    private void expire(final int i, final Snapshot snapshot, final Disposal disposal) {
        if (methods[i] == TUNNEL) {
            disposal.dispose(EXPIRED, addresses[i], ParsedHeaders.frameLength(headers[i]));
        } else {
            final Destination destination = snapshot.destination(destinations[i]);
            disposal.end(EXPIRED, addresses[i], headers[i], interfaceIndexes[i], methods[i], destination,
                ForwardStage.mtu(methods[i], destination));
        }
    }

    /** Ends the waiting of all frames. */
    void clear(final Disposal disposal) {
        for (int i = 0; i < count; i++) {
            disposal.dispose(EXPIRED, addresses[i], ParsedHeaders.frameLength(headers[i]));
        }
        count = 0;
    }

    private int dropFirst(final int dropped) {
        if (dropped != 0) {
            for (int i = dropped; i < count; i++) {
                move(i, i - dropped);
            }
            count -= dropped;
        }
        return dropped;
    }

    private void move(final int from, final int to) {
        addresses[to] = addresses[from];
        headers[to] = headers[from];
        destinations[to] = destinations[from];
        methods[to] = methods[from];
        translations[to] = translations[from];
        interfaceIndexes[to] = interfaceIndexes[from];
        deadlinesNs[to] = deadlinesNs[from];
    }
}
