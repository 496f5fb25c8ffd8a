package io.ringvs.snapshot;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Quiescent states of the workers: tells when something that was taken out of their reach is no longer held by any.
 *
 * <p>Whoever unlinks (a snapshot, a connection slot) then calls {@link #advance()} and keeps the epoch it returns. A
 * worker calls {@link #quiescent} between batches, holding no reference from before. Once {@link #passed} says true, no
 * worker holds what was unlinked. A worker that is about to sleep goes {@link #offline} first, so that it never delays
 * a grace period.
 *
 * <p><b>Guarantee.</b> The unlinking store comes before advance()'s increment (a full barrier). A worker's quiescent()
 * loads that counter (acquire) and stores what it saw into its own word (release). If that word has reached e, the
 * worker saw the increment, hence the unlinking, and finished all earlier loads before its store; passed() loads the
 * word with acquire, so freeing comes after them.
 *
 * <p><b>Threading:</b> quiescent, offline and online: each worker for its own number. advance and passed: any thread.
 */
public final class WorkerEpochs {
    private static final long OFFLINE = Long.MAX_VALUE;
    /**
     * Longs from one worker's word to the next: two 64-byte lines apart, so that the adjacent-line prefetcher shares
     * none.
     */
    private static final int STRIDE = 16;

    private final int workers;
    private final AtomicLong current = new AtomicLong(1);
    private final AtomicLongArray seen;

    /** All workers start offline. */
    public WorkerEpochs(final int workers) {
        this.workers = workers;
        this.seen = new AtomicLongArray((workers + 2) * STRIDE);
        for (int worker = 0; worker < workers; worker++) {
            seen.set(index(worker), OFFLINE);
        }
    }

    /** Begins a new epoch and returns it; call after unlinking. */
    public long advance() {
        return current.incrementAndGet();
    }

    /** The worker holds nothing it found before this call. */
    public void quiescent(final int worker) {
        seen.setRelease(index(worker), current.getAcquire());
    }

    /** The worker holds nothing and will load nothing until {@link #online}. */
    public void offline(final int worker) {
        seen.setRelease(index(worker), OFFLINE);
    }

    /**
     * The worker is about to load again. The full fence keeps its next loads (of the snapshot, of slots) from moving
     * ahead of the store, where passed() could still see OFFLINE and free what they find; it pairs with the one in
     * advance().
     */
    public void online(final int worker) {
        seen.setRelease(index(worker), current.getAcquire());
        VarHandle.fullFence();
    }

    /** Whether every worker has been quiescent since {@link #advance} returned {@code epoch}. */
    public boolean passed(final long epoch) {
        for (int worker = 0; worker < workers; worker++) {
            if (seen.getAcquire(index(worker)) < epoch) {
                return false;
            }
        }
        return true;
    }

    /** The first worker that has not passed {@code epoch}, or -1. */
    public int laggard(final long epoch) {
        for (int worker = 0; worker < workers; worker++) {
            if (seen.getAcquire(index(worker)) < epoch) {
                return worker;
            }
        }
        return -1;
    }

    public int workers() {
        return workers;
    }

    private static int index(final int worker) {
        return (worker + 1) * STRIDE;
    }
}
