package io.ringvs.snapshot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Makes a new snapshot visible to the workers and tells when all of them use it.
 *
 * <p>Publishing is one store that can neither fail nor wait.
 *
 * <p><b>Threading:</b> {@link #publish} by the control thread; {@link #current} by anyone.
 */
public final class SnapshotPublisher {
    private static final VarHandle CURRENT;

    static {
        try {
            CURRENT = MethodHandles.lookup().findVarHandle(SnapshotPublisher.class, "current", Snapshot.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final WorkerEpochs epochs;
    @SuppressWarnings("unused") // through CURRENT
    private Snapshot current = Snapshot.EMPTY;

    public SnapshotPublisher(final WorkerEpochs epochs) {
        this.epochs = epochs;
    }

    /**
     * Publishes a snapshot.
     *
     * @return the epoch to give to {@link WorkerEpochs#passed}: once it has passed, no worker uses an older snapshot
     */
    public long publish(final Snapshot snapshot) {
        // pairs with the acquire in current(): a worker that sees the reference sees all that it refers to
        CURRENT.setRelease(this, snapshot);
        return epochs.advance();
    }

    /** The newest snapshot; a worker calls it once per batch, after announcing its quiescent state. */
    public Snapshot current() {
        return (Snapshot) CURRENT.getAcquire(this);
    }

    public WorkerEpochs epochs() {
        return epochs;
    }
}
