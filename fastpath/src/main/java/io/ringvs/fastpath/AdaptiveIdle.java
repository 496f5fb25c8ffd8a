package io.ringvs.fastpath;

import io.ringvs.ring.PollSet;

import org.agrona.concurrent.IdleStrategy;

/**
 * Lets an idle worker sleep in poll(2) until a packet comes, so that an idle director costs no processor time.
 *
 * <p>It spins for some duty cycles first, because a worker that slept takes some microseconds to wake up. Before
 * sleeping the worker goes offline, so that rule changes do not wait for it. The time limit keeps timers within their
 * second, and brings a new snapshot to parked packets soon.
 *
 * <p><b>Threading:</b> the worker's thread.
 */
public final class AdaptiveIdle implements IdleStrategy {
    /** Duty cycles without work before sleeping. */
    public static final int SPINS = 256;
    /** Longest sleep, in milliseconds. */
    public static final int MAX_SLEEP_MS = 100;
    /** Longest sleep while packets are parked, in milliseconds. */
    public static final int PARKED_SLEEP_MS = 1;

    private final Worker worker;
    private final PollSet sockets;
    private int idleCycles;

    /** @param sockets of all the worker's ports, in order, and behind them the descriptors of its local outputs */
    public AdaptiveIdle(final Worker worker, final PollSet sockets) {
        this.worker = worker;
        this.sockets = sockets;
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            idleCycles = 0;
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (idleCycles < SPINS) {
            idleCycles++;
            Thread.onSpinWait();
        } else {
            sleep();
        }
    }

    private void sleep() {
        worker.epochs().offline(worker.number());
        // a failure is EINTR, or a socket that is gone: the duty cycle that follows is the answer to both
        final int ready = sockets.await(worker.parked() != 0 ? PARKED_SLEEP_MS : MAX_SLEEP_MS);
        if (ready > 0) {
            sockets.forgetFailed(worker.portCount());
            if (sockets.isAnyReady(worker.portCount())) {
                worker.localOutputWaits();
            }
        }
        worker.epochs().online(worker.number());
    }

    @Override
    public void reset() {
        idleCycles = 0;
    }

    @Override
    public String alias() {
        return "adaptive";
    }
}
