package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CLIENT_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.FREE;
import static io.ringvs.conntab.ConnectionLayout.HOP_BITMAP;
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

import org.agrona.UnsafeApi;

/**
 * The lines of the connection table and the index among them: which slot holds the connection of a key.
 *
 * <p>The hash names a key's <em>home</em> line. Its connection stands in one of the home's 64 probe positions: the home
 * itself, the other line of the same 128-byte pair, then at distances that grow like triangular numbers. Bit d of the
 * home's hop bitmap is set while position d holds a connection of this home; a lookup follows only set bits. A
 * connection never moves, so its slot number is its name for life.
 *
 * <p><b>Insert.</b> An inserter claims a FREE slot (CAS to TENTATIVE), writes the key, sets the bit in the home's bitmap
 * (an atomic read-modify-write), and only then looks through the bitmap for rivals with the same key. Of two inserters
 * of one key, the one whose bit came second sees the other's bit, since both first write and then read the same
 * bitmap word. A LIVE rival wins: the inserter withdraws and returns it. A TENTATIVE rival is CASed to WITHDRAWN. The
 * inserter then CASes its own slot from TENTATIVE to LIVE; that fails exactly if a rival withdrew it, and it starts
 * over. So at most one slot of a key is ever LIVE: had two become LIVE, then the later-bit one saw the other's bit
 * while that was TENTATIVE or LIVE, and in either case one of the two CASes on the other's control word, or its own
 * retreat, excludes the outcome. No thread waits for another; threads that withdraw each other both start over.
 *
 * <p><b>Remove.</b> Whoever CASes LIVE to REMOVED owns the removal: it clears the bit and hands the slot to its
 * retire list. The slot becomes FREE only after every worker has passed a quiescent state
 * ({@link io.ringvs.snapshot.WorkerEpochs}), so a worker that found a slot, or is comparing its key, never sees it
 * change hands within a batch.
 *
 * <p><b>Threading:</b> any number of threads that announce quiescent states may look up, insert and remove.
 */
final class FlowTable implements AutoCloseable {
    /** Ways to place a key. */
    static final int PROBES = 64;
    /** Probe distances reach 2016 lines; a table has at least twice as many, so positions of a home are distinct. */
    static final int MIN_SLOTS = 4096;
    /** A timer entry names a slot with 27 bits. */
    static final int MAX_SLOTS = 1 << 27;

    static final int NOT_FOUND = FlowLayout.NOT_FOUND;
    /** Result of an insert: none of the home's positions is free. */
    static final int NO_FREE_SLOT = -2;
    /** Added to an insert's result: another thread's connection of the same key, already there. */
    static final int EXISTING = 1 << 30;
    /** Result of an insert: a rival withdrew it; start over. */
    static final int WAS_WITHDRAWN = -3;

    private final TableMemory memory;
    private final FlowHash hash;
    private final int slots;
    private final long base;

    /** @param slots even, from {@link #MIN_SLOTS} to {@link #MAX_SLOTS} */
    FlowTable(final int slots, final FlowHash hash, final TableMemory memory) {
        this.slots = slots;
        this.hash = hash;
        this.memory = memory;
        this.base = memory.reserveZeroed((long) slots << ConnectionLayout.SHIFT);
    }

    int slots() {
        return slots;
    }

    long line(final int slot) {
        return base + ((long) slot << ConnectionLayout.SHIFT);
    }

    FlowHash hash() {
        return hash;
    }

    long hashOf(final long flow) {
        return hash.of(
            UnsafeApi.getLong(flow), UnsafeApi.getLong(flow + 8), UnsafeApi.getLong(flow + 16),
            UnsafeApi.getLong(flow + 24), UnsafeApi.getLong(flow + FlowLayout.PORTS) & KEY_MASK);
    }

    int home(final long hash) {
        return (int) ((hash >>> 32) * slots >>> 32);
    }

    /** The slot at probe position {@code distance} of {@code home}. */
    int probe(final int home, final int distance) {
        if (distance == 1) {
            return home ^ 1;
        }
        final int slot = home + (distance * (distance + 1) >> 1);
        return slot >= slots ? slot - slots : slot;
    }

    /**
     * Looks up every flow of the batch, in stages: hash all; touch all home lines, so that their cache misses overlap;
     * compare there; touch and compare the other candidates of those not found at home.
     */
    void lookup(final FlowBatch batch) {
        final int size = batch.size();
        final long first = batch.entry(0);
        final long end = batch.entry(size);
        for (long flow = first; flow < end; flow += FlowLayout.LENGTH) {
            final long flowHash = hashOf(flow);
            UnsafeApi.putLong(flow + FlowLayout.HASH, flowHash);
            UnsafeApi.putInt(flow + FlowLayout.HOME, home(flowHash));
        }
        long sum = 0;
        for (long flow = first; flow < end; flow += FlowLayout.LENGTH) {
            sum += UnsafeApi.getLong(line(UnsafeApi.getInt(flow + FlowLayout.HOME)));
        }
        final long displaced = batch.displaced();
        long next = displaced;
        for (long flow = first; flow < end; flow += FlowLayout.LENGTH) {
            final int home = UnsafeApi.getInt(flow + FlowLayout.HOME);
            final boolean atHome = isLiveMatch(line(home), flow);
            UnsafeApi.putInt(flow + FlowLayout.SLOT, atHome ? home : NOT_FOUND);
            UnsafeApi.putInt(next, (int) (flow - first));
            next += atHome || otherCandidates(home) == 0 ? 0 : Integer.BYTES;
        }
        if (next != displaced) {
            sum += touchCandidates(first, displaced, next);
            for (long entry = displaced; entry < next; entry += Integer.BYTES) {
                final long flow = first + UnsafeApi.getInt(entry);
                UnsafeApi.putInt(flow + FlowLayout.SLOT,
                    findCandidate(flow, UnsafeApi.getInt(flow + FlowLayout.HOME)));
            }
        }
        batch.touched(sum);
    }

    private long touchCandidates(final long first, final long from, final long to) {
        long sum = 0;
        for (long entry = from; entry < to; entry += Integer.BYTES) {
            final int home = UnsafeApi.getInt(first + UnsafeApi.getInt(entry) + FlowLayout.HOME);
            for (long bits = otherCandidates(home); bits != 0; bits &= bits - 1) {
                sum += UnsafeApi.getInt(line(probe(home, Long.numberOfTrailingZeros(bits))) + CONTROL);
            }
        }
        return sum;
    }

    private int findCandidate(final long flow, final int home) {
        for (long bits = otherCandidates(home); bits != 0; bits &= bits - 1) {
            final int slot = probe(home, Long.numberOfTrailingZeros(bits));
            if (isLiveMatch(line(slot), flow)) {
                return slot;
            }
        }
        return NOT_FOUND;
    }

    /** The home's bitmap without the home itself. */
    private long otherCandidates(final int home) {
        // acquire pairs with the inserter's atomic OR: who sees the bit sees the key written before it
        return UnsafeApi.getLongAcquire(null, line(home) + HOP_BITMAP) & ~1L;
    }

    /** The slot of the flow's connection, or {@link #NOT_FOUND}. Its hash must stand in the entry. */
    int find(final long flow, final long flowHash) {
        final int home = home(flowHash);
        return isLiveMatch(line(home), flow) ? home : findCandidate(flow, home);
    }

    private static boolean isLiveMatch(final long line, final long flow) {
        // acquire pairs with the inserter's CAS to LIVE: a line seen LIVE has its key, and keeps it until this
        // worker's next quiescent state
        return life(UnsafeApi.getIntAcquire(null, line + CONTROL)) == LIVE && sameKey(line, flow);
    }

    private static boolean sameKey(final long line, final long flow) {
        return ((UnsafeApi.getLong(line + CLIENT_ADDRESS) ^ UnsafeApi.getLong(flow))
            | (UnsafeApi.getLong(line + CLIENT_ADDRESS + 8) ^ UnsafeApi.getLong(flow + 8))
            | (UnsafeApi.getLong(line + VIRTUAL_ADDRESS) ^ UnsafeApi.getLong(flow + 16))
            | (UnsafeApi.getLong(line + VIRTUAL_ADDRESS + 8) ^ UnsafeApi.getLong(flow + 24))
            | (UnsafeApi.getLong(line + PORTS) ^ UnsafeApi.getLong(flow + FlowLayout.PORTS)) & KEY_MASK) == 0;
    }

    /**
     * Claims a free slot among the home's positions and writes the key; the caller then fills in the rest of the line
     * and calls {@link #publish}.
     *
     * @return the slot, or {@link #NO_FREE_SLOT}
     */
    int claim(final long flow, final long flowHash, final short destinationPort) {
        final int home = home(flowHash);
        for (int distance = 0; distance < PROBES; distance++) {
            final int slot = probe(home, distance);
            final long line = line(slot);
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
     * @param live the control word it is to have, with life LIVE
     * @return the slot; or, with {@link #EXISTING} added, that of another thread's connection; or
     *         {@link #WAS_WITHDRAWN}. Unless it is the slot, the caller retires the slot.
     */
    int publish(final int slot, final long flowHash, final int live) {
        final int home = home(flowHash);
        final int distance = distanceOf(home, slot);
        final int mine = control(TENTATIVE, version(live), 0, 0);
        // the atomic OR publishes the key and orders this thread's bit before its look at the others' bits
        UnsafeApi.getAndBitwiseOrLong(null, line(home) + HOP_BITMAP, 1L << distance);
        final int rival = withdrawRivals(home, distance, line(slot));
        // the CAS to LIVE releases the whole line to lookups; it fails only if a rival's CAS withdrew the slot
        if (rival < 0 && UnsafeApi.compareAndSetInt(null, line(slot) + CONTROL, mine, live)) {
            return slot;
        }
        // may fail for the same reason, and to the same effect
        UnsafeApi.compareAndSetInt(null, line(slot) + CONTROL, mine, withLife(mine, WITHDRAWN));
        clearBit(home, distance);
        return rival < 0 ? WAS_WITHDRAWN : rival | EXISTING;
    }

    /** Withdraws every tentative rival of the key at {@code line}; returns a LIVE one's slot, or {@link #NOT_FOUND}. */
    private int withdrawRivals(final int home, final int distance, final long line) {
        // volatile: not to move above this thread's OR
        long bits = UnsafeApi.getLongVolatile(null, line(home) + HOP_BITMAP) & ~(1L << distance);
        for (; bits != 0; bits &= bits - 1) {
            final int slot = probe(home, Long.numberOfTrailingZeros(bits));
            final long other = line(slot);
            int seen = UnsafeApi.getIntVolatile(null, other + CONTROL);
            if (!sameKey(other, line + CLIENT_ADDRESS)) {
                continue;
            }
            if (life(seen) == TENTATIVE && !UnsafeApi.compareAndSetInt(
                    null, other + CONTROL, seen, withLife(seen, WITHDRAWN))) {
                seen = UnsafeApi.getIntVolatile(null, other + CONTROL);
            }
            if (life(seen) == LIVE) {
                return slot;
            }
        }
        return NOT_FOUND;
    }

    /** Takes a slot that is no longer LIVE out of its home's bitmap. */
    void unlink(final int slot, final int home) {
        clearBit(home, distanceOf(home, slot));
    }

    private void clearBit(final int home, final int distance) {
        // atomic, because other threads set and clear other bits; the slot becomes FREE only after a grace period
        UnsafeApi.getAndBitwiseAndLong(null, line(home) + HOP_BITMAP, ~(1L << distance));
    }

    /** The position of {@code slot} among the probes of {@code home}. */
    int distanceOf(final int home, final int slot) {
        for (int distance = 0; distance < PROBES; distance++) {
            if (probe(home, distance) == slot) {
                return distance;
            }
        }
        throw new IllegalStateException("slot " + slot + " is no probe position of home line " + home);
    }

    /** The home line of which {@code slot} is at probe position {@code distance}. */
    int homeAt(final int slot, final int distance) {
        if (distance == 1) {
            return slot ^ 1;
        }
        final int home = slot - (distance * (distance + 1) >> 1);
        return home < 0 ? home + slots : home;
    }

    /** Home of the connection that stands at {@code slot}, by its key. */
    int homeOf(final int slot) {
        final long line = line(slot);
        return home(hash.of(
            UnsafeApi.getLong(line + CLIENT_ADDRESS), UnsafeApi.getLong(line + CLIENT_ADDRESS + 8),
            UnsafeApi.getLong(line + VIRTUAL_ADDRESS), UnsafeApi.getLong(line + VIRTUAL_ADDRESS + 8),
            UnsafeApi.getLong(line + PORTS) & KEY_MASK));
    }

    /** Makes a slot claimable; every worker has been quiescent since it was unlinked. */
    void free(final int slot) {
        final long control = line(slot) + CONTROL;
        // release pairs with the claiming CAS: accesses of the old connection come before those of the new one
        UnsafeApi.putIntRelease(null, control, control(FREE, version(UnsafeApi.getInt(control)), 0, 0));
    }

    @Override
    public void close() {
        memory.release(base, (long) slots << ConnectionLayout.SHIFT);
    }
}
