package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CLIENT_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.FREE;
import static io.ringvs.conntab.ConnectionLayout.HOP_WORD;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.PORTS;
import static io.ringvs.conntab.ConnectionLayout.TENTATIVE;
import static io.ringvs.conntab.ConnectionLayout.VIRTUAL_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.WITHDRAWN;
import static io.ringvs.conntab.ConnectionLayout.control;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.version;
import static io.ringvs.conntab.ConnectionLayout.withLife;
import static io.ringvs.conntab.FlowLayout.KEY_MASK;
import static io.ringvs.conntab.FlowLayout.NOT_FOUND;

import org.agrona.UnsafeApi;

/**
 * Inserts connections into the flow table, at most one of a key, without locks.
 *
 * <p>An inserter claims a FREE slot (CAS to TENTATIVE), writes the key, enters the slot in the home's hop word unless
 * it is the home, passes a full fence, and only then looks for rivals with the same key: in the home line and where the
 * hop word points, and likewise at the key's later homes while any are in use. Of two inserters of one key, at least
 * one thus sees the other's finished key, since each writes first and reads then. A LIVE rival wins: the inserter
 * withdraws and returns it. A TENTATIVE rival is CASed to WITHDRAWN. The inserter then CASes its own slot from
 * TENTATIVE to LIVE; that fails exactly if a rival withdrew it, and it starts over.
 *
 * <p>So at most one slot of a key is ever LIVE: of two inserters take one that sees the other. If it finds the other
 * TENTATIVE, its CAS on the other's control word comes either before the other's CAS to LIVE, which then fails, or
 * after it, and it then finds the other LIVE and withdraws. No thread waits for another. (A rival's key read while it
 * is being written may compare as anything: if it is taken for equal, the rival starts over without need; if for
 * different, the rival has not fenced yet and will see this inserter.)
 *
 * <p><b>Threading:</b> any number of threads that announce quiescent states.
 */
final class FlowInserter {
    /** Result of an insert: none of the home's places is free, or its hop word is full. */
    static final int NO_FREE_SLOT = -2;
    /** Added to an insert's result: another thread's connection of the same key, already there. */
    static final int EXISTING = 1 << 30;
    /** Result of an insert: a rival withdrew it; start over. */
    static final int WAS_WITHDRAWN = -3;

    private final FlowTable flows;
    private final LaterHomes laterHomes;

    FlowInserter(final FlowTable flows) {
        this.flows = flows;
        this.laterHomes = flows.laterHomes();
    }

    /**
     * Claims a free slot among the home's places and writes the key; the caller then fills in the rest of the line
     * and calls {@link #publish}.
     *
     * @return the slot, or {@link #NO_FREE_SLOT}
     */
    int claim(final long flow, final long flowHash, final short destinationPort) {
        final int home = flows.home(flowHash);
        for (int distance = 0; distance <= HopWord.MAX_DISTANCE; distance++) {
            // opaque, and a hint only: publish() finds out. It spares a slot that would have to be given up again
            if (distance == 1 && HopWord.isFull(UnsafeApi.getLongOpaque(null, flows.line(home) + HOP_WORD))) {
                return NO_FREE_SLOT;
            }
            final int slot = flows.probe(home, distance);
            final long line = flows.line(slot);
            final int seen = UnsafeApi.getIntOpaque(null, line + CONTROL);
            // CAS (full fence) pairs with free(): what the slot's last owner did is over before this one writes
            if (life(seen) == FREE && UnsafeApi.compareAndSetInt(
                    null, line + CONTROL, seen, control(TENTATIVE, version(seen) + 1, 0, 0))) {
                UnsafeApi.putLong(line + CLIENT_ADDRESS, UnsafeApi.getLong(flow));
                UnsafeApi.putLong(line + CLIENT_ADDRESS + 8, UnsafeApi.getLong(flow + 8));
                UnsafeApi.putLong(line + VIRTUAL_ADDRESS, UnsafeApi.getLong(flow + 16));
                UnsafeApi.putLong(line + VIRTUAL_ADDRESS + 8, UnsafeApi.getLong(flow + 24));
                UnsafeApi.putLong(line + PORTS,
                    UnsafeApi.getLong(flow + FlowLayout.PORTS) & KEY_MASK | (long) destinationPort << 48);
                return slot;
            }
        }
        return NO_FREE_SLOT;
    }

    /**
     * Makes a claimed slot the connection of its key.
     *
     * @param rank of the home at whose places the slot is
     * @param live the control word it is to have, with life LIVE
     * @return the slot; or, with {@link #EXISTING} added, that of another thread's connection; or
     *         {@link #WAS_WITHDRAWN}; or {@link #NO_FREE_SLOT} if the home's hop word is full. Unless it is the slot,
     *         the caller retires the slot.
     */
    int publish(final int slot, final long firstHash, final int rank, final int live) {
        final long flowHash = flows.hashAt(rank, firstHash);
        final int home = flows.home(flowHash);
        final int distance = flows.distanceOf(home, slot);
        final int mine = control(TENTATIVE, version(live), 0, 0);
        if (!flows.link(home, distance, flowHash)) {
            return withdraw(slot, live);
        }
        if (rank > 0) {
            laterHomes.enter(home);
        }
        // orders this thread's key and lane before its look at the others'
        UnsafeApi.fullFence();
        final int rival = withdrawRivals(slot, firstHash);
        // the CAS to LIVE releases the whole line to lookups; it fails only if a rival's CAS withdrew the slot
        if (rival < 0 && UnsafeApi.compareAndSetInt(null, flows.line(slot) + CONTROL, mine, live)) {
            return slot;
        }
        withdraw(slot, live);
        flows.unlink(home, distance);
        if (rank > 0) {
            laterHomes.leave(home);
        }
        return rival < 0 ? WAS_WITHDRAWN : rival | EXISTING;
    }

    /** Gives up a claimed slot for want of room elsewhere; the caller retires it. Returns {@link #NO_FREE_SLOT}. */
    int withdraw(final int slot, final int live) {
        final int mine = control(TENTATIVE, version(live), 0, 0);
        // may fail only because a rival withdrew it already, to the same effect
        UnsafeApi.compareAndSetInt(null, flows.line(slot) + CONTROL, mine, withLife(mine, WITHDRAWN));
        return NO_FREE_SLOT;
    }

    /** Withdraws every tentative rival of the key at {@code own}; returns a LIVE one's slot, or NOT_FOUND. */
    private int withdrawRivals(final int own, final long firstHash) {
        int live = withdrawRivalsAt(flows.home(firstHash), own, firstHash);
        if (!laterHomes.isEmpty()) {
            for (int rank = 1; rank < LaterHomes.HOMES && live == NOT_FOUND; rank++) {
                final long flowHash = flows.hashAt(rank, firstHash);
                if (laterHomes.mayHave(flows.home(flowHash))) {
                    live = withdrawRivalsAt(flows.home(flowHash), own, flowHash);
                }
            }
        }
        return live;
    }

    private int withdrawRivalsAt(final int home, final int own, final long flowHash) {
        final long word = UnsafeApi.getLongVolatile(null, flows.line(home) + HOP_WORD);
        int live = home == own ? NOT_FOUND : liveAfterWithdrawing(home, own);
        long left = HopWord.candidates(word, flowHash);
        while (left != 0 && live == NOT_FOUND) {
            final int slot = flows.probe(home, HopWord.distanceAt(word, left));
            live = slot == own ? NOT_FOUND : liveAfterWithdrawing(slot, own);
            left &= left - 1;
        }
        return live;
    }

    private int liveAfterWithdrawing(final int slot, final int own) {
        final long other = flows.line(slot);
        int seen = UnsafeApi.getIntVolatile(null, other + CONTROL);
        if (FlowTable.keyDifference(other, flows.line(own) + CLIENT_ADDRESS) != 0) {
            return NOT_FOUND;
        }
        if (life(seen) == TENTATIVE && !UnsafeApi.compareAndSetInt(
                null, other + CONTROL, seen, withLife(seen, WITHDRAWN))) {
            seen = UnsafeApi.getIntVolatile(null, other + CONTROL);
        }
        return life(seen) == LIVE ? slot : NOT_FOUND;
    }
}
