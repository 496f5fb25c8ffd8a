package io.ringvs.replay;

import java.util.concurrent.TimeUnit;

import io.ringvs.conntab.Ticks;
import org.agrona.concurrent.NanoClock;

/**
 * The time of a replay: goes on only when told to.
 *
 * <p><b>Threading:</b> the replaying thread.
 */
final class VirtualClock implements NanoClock {
    private long nowMs;

    @Override
    public long nanoTime() {
        return TimeUnit.MILLISECONDS.toNanos(nowMs);
    }

    long ms() {
        return nowMs;
    }

    int ticks() {
        return Ticks.ofNanos(nanoTime());
    }

    void set(final long ms) {
        nowMs = ms;
    }
}
