package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CLIENT_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.FREE;
import static io.ringvs.conntab.ConnectionLayout.HOP_WORD;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.PORTS;
import static io.ringvs.conntab.ConnectionLayout.VIRTUAL_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.control;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.version;
import static io.ringvs.conntab.FlowLayout.KEY_MASK;

import org.agrona.UnsafeApi;

/**
 * The lines of the connection table and the index among them: which slot holds the connection of a key.
 *
 * <p>The hash names a key's <em>home</em> line. Its connection stands there or, if another one did when it came, at one
 * of 63 <em>distances</em> from home that grow like triangular numbers; the home's {@link HopWord} then tells which. A
 * connection never moves, so its slot number is its name for life. A key whose home has no place left goes on to a
 * later home, see {@link LaterHomes}.
 *
 * <p><b>Insert.</b> See {@link FlowInserter}.
 *
 * <p><b>Remove.</b> Whoever CASes LIVE to REMOVED owns the removal: it empties the lane in the home's hop word and
 * hands the slot to its retire list. The slot becomes FREE only after every worker has passed a quiescent state ({@link
 * io.ringvs.snapshot.WorkerEpochs}), so a worker that found a slot, or is comparing its key, never sees it change hands
 * within a batch.
 *
 * <p><b>Threading:</b> any number of threads that announce quiescent states may look up, insert and remove.
 */
final class FlowTable implements AutoCloseable {
    /** The longest distance is 2016 lines; a table has at least twice as many, so all places of a home are distinct. */
    static final int MIN_SLOTS = 4096;
    /** A timer entry names a slot with 27 bits. */
    static final int MAX_SLOTS = 1 << 27;

    static final int NOT_FOUND = FlowLayout.NOT_FOUND;

    private final TableMemory memory;
    private final FlowHash hash;
    private final int slots;
    private final long base;
    private final LaterHomes laterHomes = new LaterHomes();

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

    /** Hash that names a key's home of a rank: 0 the first one, up to {@link LaterHomes#HOMES}. */
    long hashAt(final int rank, final long firstHash) {
        return rank == 0 ? firstHash : hash.with(firstHash, rank);
    }

    LaterHomes laterHomes() {
        return laterHomes;
    }

    int home(final long hash) {
        return (int) ((hash >>> 32) * slots >>> 32);
    }

    /** The slot at {@code distance} from {@code home}. */
    int probe(final int home, final int distance) {
        final int slot = home + (distance * (distance + 1) >> 1);
        // less the length of the table where that is passed, without a branch
        final int beyond = slot - slots;
        return beyond + (slots & beyond >> 31);
    }

    /** The home line of which {@code slot} is at {@code distance}. */
    int homeAt(final int slot, final int distance) {
        final int home = slot - (distance * (distance + 1) >> 1);
        return home + (slots & home >> 31);
    }

    /**
     * Looks up every flow of the batch, in stages: hash all; touch all home lines, so that their cache misses overlap;
     * compare there; touch the lines to which hop words point, again together; compare there.
     *
     * <p>Whether a connection stands at home is a coin toss to the branch predictor, so that stage has no branches.
     */
    void lookup(final FlowBatch batch) {
        final long first = batch.entry(0);
        final int size = batch.size();
        for (int index = 0; index < size; index++) {
            final long flow = first + (long) index * FlowLayout.LENGTH;
            final long flowHash = hashOf(flow);
            UnsafeApi.putLong(flow + FlowLayout.HASH, flowHash);
            UnsafeApi.putInt(flow + FlowLayout.HOME, home(flowHash));
        }
        long sum = 0;
        for (int index = 0; index < size; index++) {
            final long flow = first + (long) index * FlowLayout.LENGTH;
            sum += UnsafeApi.getLong(line(UnsafeApi.getInt(flow + FlowLayout.HOME)));
        }
        batch.touched(sum);
        final int displaced = compareAtHome(batch, first, size);
        final int candidates = chooseCandidates(batch, first, displaced);
        touchCandidates(batch, first, candidates);
        compareCandidates(batch, first, candidates);
        if (!laterHomes.isEmpty()) {
            lookupAtLaterHomes(first, size);
        }
    }

    /**
     * Touches the places where the flows that were not found would be inserted, so that those misses overlap as well:
     * of a home that is taken, the next two.
     */
    void touchPlaces(final FlowBatch batch) {
        long sum = 0;
        for (int index = 0; index < batch.size(); index++) {
            final long flow = batch.entry(index);
            if (UnsafeApi.getInt(flow + FlowLayout.SLOT) == NOT_FOUND) {
                final int home = UnsafeApi.getInt(flow + FlowLayout.HOME);
                if (life(UnsafeApi.getIntOpaque(null, line(home) + CONTROL)) != FREE) {
                    sum += UnsafeApi.getInt(line(probe(home, 1)) + CONTROL)
                        + UnsafeApi.getInt(line(probe(home, 2)) + CONTROL);
                }
            }
        }
        batch.touched(sum);
    }

    private void lookupAtLaterHomes(final long first, final int size) {
        for (int index = 0; index < size; index++) {
            final long flow = first + (long) index * FlowLayout.LENGTH;
            if (UnsafeApi.getInt(flow + FlowLayout.SLOT) == NOT_FOUND) {
                UnsafeApi.putInt(flow + FlowLayout.SLOT,
                    findAtLaterHomes(flow, UnsafeApi.getLong(flow + FlowLayout.HASH)));
            }
        }
    }

    private int findAtLaterHomes(final long flow, final long firstHash) {
        int slot = NOT_FOUND;
        for (int rank = 1; rank < LaterHomes.HOMES && slot == NOT_FOUND; rank++) {
            final long flowHash = hashAt(rank, firstHash);
            if (laterHomes.mayHave(home(flowHash))) {
                slot = findAt(flow, flowHash);
            }
        }
        return slot;
    }

    /** Compares every flow with its home line; lists the indexes of those that are not there. */
    private int compareAtHome(final FlowBatch batch, final long first, final int size) {
        final long list = batch.displaced();
        int displaced = 0;
        for (int index = 0; index < size; index++) {
            final long flow = first + (long) index * FlowLayout.LENGTH;
            final int home = UnsafeApi.getInt(flow + FlowLayout.HOME);
            final long difference = difference(line(home), flow);
            UnsafeApi.putInt(flow + FlowLayout.SLOT, home);
            UnsafeApi.putInt(list + (long) displaced * Integer.BYTES, index);
            displaced += (int) ((-difference | difference) >>> 63);
        }
        return displaced;
    }

    /** Finds the first candidate of every flow that is not at home; keeps in the list those that have one. */
    private int chooseCandidates(final FlowBatch batch, final long first, final int displaced) {
        final long list = batch.displaced();
        int kept = 0;
        for (int number = 0; number < displaced; number++) {
            final int index = UnsafeApi.getInt(list + (long) number * Integer.BYTES);
            final long flow = first + (long) index * FlowLayout.LENGTH;
            final int home = UnsafeApi.getInt(flow + FlowLayout.HOME);
            // acquire pairs with the inserter's CAS of the hop word: who sees the lane sees the claim behind it
            final long word = UnsafeApi.getLongAcquire(null, line(home) + HOP_WORD);
            final long candidates = HopWord.candidates(word, UnsafeApi.getLong(flow + FlowLayout.HASH));
            final int any = (int) ((-candidates | candidates) >>> 63);
            UnsafeApi.putInt(flow + FlowLayout.SLOT, probe(home, HopWord.distanceAt(word, candidates)) | any - 1);
            UnsafeApi.putInt(list + (long) kept * Integer.BYTES, index);
            kept += any;
        }
        return kept;
    }

    /** A loop of its own, and short, so that as many cache misses as possible are under way at once. */
    private void touchCandidates(final FlowBatch batch, final long first, final int displaced) {
        final long list = batch.displaced();
        long sum = 0;
        for (int number = 0; number < displaced; number++) {
            final long flow = first + (long) UnsafeApi.getInt(list + (long) number * Integer.BYTES) * FlowLayout.LENGTH;
            sum += UnsafeApi.getLong(line(UnsafeApi.getInt(flow + FlowLayout.SLOT)));
        }
        batch.touched(sum);
    }

    private void compareCandidates(final FlowBatch batch, final long first, final int displaced) {
        final long list = batch.displaced();
        for (int number = 0; number < displaced; number++) {
            final long flow = first + (long) UnsafeApi.getInt(list + (long) number * Integer.BYTES) * FlowLayout.LENGTH;
            if (difference(line(UnsafeApi.getInt(flow + FlowLayout.SLOT)), flow) != 0) {
                UnsafeApi.putInt(flow + FlowLayout.SLOT, findElsewhere(
                    flow, UnsafeApi.getInt(flow + FlowLayout.HOME), UnsafeApi.getLong(flow + FlowLayout.HASH)));
            }
        }
    }

    /** The slot of the flow's connection, or {@link #NOT_FOUND}. */
    int find(final long flow, final long firstHash) {
        final int slot = findAt(flow, firstHash);
        return slot == NOT_FOUND && !laterHomes.isEmpty() ? findAtLaterHomes(flow, firstHash) : slot;
    }

    private int findAt(final long flow, final long flowHash) {
        final int home = home(flowHash);
        return difference(line(home), flow) == 0 ? home : findElsewhere(flow, home, flowHash);
    }

    private int findElsewhere(final long flow, final int home, final long flowHash) {
        // acquire pairs with the inserter's CAS of the hop word: who sees the lane sees the claim behind it
        final long word = UnsafeApi.getLongAcquire(null, line(home) + HOP_WORD);
        for (long left = HopWord.candidates(word, flowHash); left != 0; left &= left - 1) {
            final int slot = probe(home, HopWord.distanceAt(word, left));
            if (difference(line(slot), flow) == 0) {
                return slot;
            }
        }
        return NOT_FOUND;
    }

    /** 0 if the line is LIVE and has the flow's key. */
    private static long difference(final long line, final long flow) {
        // acquire pairs with the inserter's CAS to LIVE: a line seen LIVE has its key, and keeps it until this
        // worker's next quiescent state
        return life(UnsafeApi.getIntAcquire(null, line + CONTROL)) ^ LIVE | keyDifference(line, flow);
    }

    /** 0 if the line has the flow's key. */
    static long keyDifference(final long line, final long flow) {
        return (UnsafeApi.getLong(line + CLIENT_ADDRESS) ^ UnsafeApi.getLong(flow))
            | (UnsafeApi.getLong(line + CLIENT_ADDRESS + 8) ^ UnsafeApi.getLong(flow + 8))
            | (UnsafeApi.getLong(line + VIRTUAL_ADDRESS) ^ UnsafeApi.getLong(flow + 16))
            | (UnsafeApi.getLong(line + VIRTUAL_ADDRESS + 8) ^ UnsafeApi.getLong(flow + 24))
            | (UnsafeApi.getLong(line + PORTS) ^ UnsafeApi.getLong(flow + FlowLayout.PORTS)) & KEY_MASK;
    }

    /** Enters a place in the home's hop word; false if that is full. */
    boolean link(final int home, final int distance, final long flowHash) {
        if (distance == 0) {
            return true;
        }
        final long address = line(home) + HOP_WORD;
        while (true) {
            final long word = UnsafeApi.getLongVolatile(null, address);
            final long changed = HopWord.with(word, HopWord.lane(distance, flowHash));
            // CAS releases the key to whoever finds the lane
            if (changed == 0 || UnsafeApi.compareAndSetLong(null, address, word, changed)) {
                return changed != 0;
            }
        }
    }

    /** Takes the place of a slot that is no longer LIVE out of its home's hop word. */
    void unlink(final int home, final int distance) {
        if (distance == 0) {
            return;
        }
        final long address = line(home) + HOP_WORD;
        long word;
        do {
            word = UnsafeApi.getLongVolatile(null, address);
            // CAS: other threads fill and empty other lanes; the slot becomes FREE only after a grace period
        } while (!UnsafeApi.compareAndSetLong(null, address, word, HopWord.without(word, distance)));
    }

    /** How far {@code slot} is from {@code home}, of which it is a place. */
    int distanceOf(final int home, final int slot) {
        final int lines = slot - home + (slots & slot - home >> 31);
        // the inverse of d * (d + 1) / 2, exact for these few numbers
        return (int) (Math.sqrt(2.0 * lines + 0.25) - 0.5 + 1e-9);
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
