package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.ringvs.service.IpvsSettings;
import org.junit.jupiter.api.Test;

class WorkerEpochsTest {
    private final SnapshotBuilder snapshots = new SnapshotBuilder();

    @Test
    void shouldPassOnlyOnceEveryOnlineWorkerWasQuiescent() {
        final WorkerEpochs epochs = new WorkerEpochs(3);
        epochs.online(0);
        epochs.online(1);
        final long epoch = epochs.advance();
        assertFalse(epochs.passed(epoch));
        epochs.quiescent(0);
        assertFalse(epochs.passed(epoch));
        assertEquals(1, epochs.laggard(epoch));
        epochs.quiescent(1);
        assertTrue(epochs.passed(epoch));
        assertEquals(-1, epochs.laggard(epoch));
    }

    @Test
    void shouldNotWaitForWorkersThatSleep() {
        final WorkerEpochs epochs = new WorkerEpochs(2);
        assertTrue(epochs.passed(epochs.advance()));
        epochs.online(0);
        final long epoch = epochs.advance();
        epochs.offline(0);
        assertTrue(epochs.passed(epoch));
        epochs.online(0);
        assertTrue(epochs.passed(epoch));
        assertFalse(epochs.passed(epochs.advance()));
    }

    @Test
    void shouldGiveWorkersTheSnapshotPublishedLast() {
        final SnapshotPublisher publisher = new SnapshotPublisher(new WorkerEpochs(1));
        assertSame(Snapshot.EMPTY, publisher.current());
        final Snapshot next = snapshot();
        publisher.epochs().online(0);
        final long epoch = publisher.publish(next);
        assertSame(next, publisher.current());
        assertFalse(publisher.epochs().passed(epoch));
        publisher.epochs().quiescent(0);
        assertTrue(publisher.epochs().passed(epoch));
    }

    /** A worker that sleeps and wakes at random never holds a snapshot whose grace period is over. */
    @Test
    void shouldNeverEndAGracePeriodWhileAWorkerHoldsTheOldSnapshot() throws Exception {
        final SnapshotPublisher publisher = new SnapshotPublisher(new WorkerEpochs(1));
        final WorkerEpochs epochs = publisher.epochs();
        final AtomicLong oldestAllowed = new AtomicLong();
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicReference<String> fault = new AtomicReference<>();
        final Thread worker = new Thread(() -> {
            epochs.online(0);
            for (int turn = 0; !stop.get(); turn++) {
                if (turn % 3 == 0) {
                    epochs.offline(0);
                    epochs.online(0);
                } else {
                    epochs.quiescent(0);
                }
                final Snapshot held = publisher.current();
                for (int batch = 0; batch < 4; batch++) {
                    if (oldestAllowed.get() > held.version) {
                        fault.set("holds " + held.version + " though " + oldestAllowed.get() + " had passed");
                    }
                }
            }
            epochs.offline(0);
        });
        worker.start();
        for (int version = 1; version <= 20_000 && fault.get() == null; version++) {
            final long epoch = publisher.publish(snapshot());
            while (!epochs.passed(epoch)) {
                Thread.onSpinWait();
            }
            oldestAllowed.set(version);
        }
        stop.set(true);
        worker.join();
        assertEquals(null, fault.get());
    }

    private Snapshot snapshot() {
        return snapshots.build(server -> null, IpvsSettings.DEFAULTS, MarkRules.NONE, ClientWays.NONE);
    }
}
