package io.ringvs.control;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.ringvs.sched.Scheduler;

/**
 * What the control thread does by the clock: statistics every 2 s; every minute the trash of removed real servers,
 * once all workers use the newest snapshot, and the schedulers' caches.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class RuleUpkeep {
    private static final long MINUTE_MS = Scheduler.MAINTENANCE_SECONDS * 1000L;
    private static final long TICK_MS = 4;

    private final RuleSet rules;
    private final SnapshotCompiler compiler;
    private final BooleanSupplier settled;
    private final StatisticsEstimator estimator;
    private long nextMinuteMs;

    /**
     * @param settled whether every worker uses the newest snapshot
     * @param nowMs   the clock of {@link #poll}
     */
    public RuleUpkeep(
        final RuleSet rules, final SnapshotCompiler compiler, final BooleanSupplier settled, final long nowMs) {
        this.rules = rules;
        this.compiler = compiler;
        this.settled = settled;
        this.estimator = new StatisticsEstimator(rules, nowMs);
        this.nextMinuteMs = nowMs + MINUTE_MS;
    }

    /**
     * Does what is due.
     *
     * @param nowMs a monotonic clock in milliseconds, the one that workers' ticks of 4 ms come from
     * @return milliseconds until something is due again
     */
    public long poll(final long nowMs) {
        compiler.expirePathMtus(TimeUnit.MILLISECONDS.toNanos(nowMs));
        if (nowMs >= nextMinuteMs && settled.getAsBoolean()) {
            nextMinuteMs = nowMs + MINUTE_MS;
            rules.scanTrash(nowMs);
            compiler.maintainSchedulers((int) (nowMs / TICK_MS));
        }
        return estimator.poll(nowMs);
    }
}
