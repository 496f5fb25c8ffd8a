package io.ringvs.control;

import io.ringvs.service.Statistics;

/**
 * Publishes counters and rates every 2 s, as Linux does.
 *
 * <p><b>Threading:</b> control thread: {@link #poll} on every turn of its loop.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_est.c}.
 */
public final class StatisticsEstimator {
    /** Time from one run to the next, in milliseconds. */
    public static final long PERIOD_MS = 2000;

    private final RuleSet rules;
    private final Statistics statistics;
    private long nextRunMs;

    /** @param nowMs the time of the injected clock: the first run comes one period later */
    public StatisticsEstimator(final RuleSet rules, final long nowMs) {
        this.rules = rules;
        this.statistics = rules.statistics();
        this.nextRunMs = nowMs + PERIOD_MS;
    }

    /**
     * Runs if it is time to. A thread that comes late runs once and not once for every period it missed.
     *
     * @param nowMs a monotonic clock in milliseconds
     * @return milliseconds until the next run is due
     */
    public long poll(final long nowMs) {
        if (nowMs >= nextRunMs) {
            run();
            nextRunMs = Math.max(nextRunMs + PERIOD_MS, nowMs + 1);
        }
        return nextRunMs - nowMs;
    }

    private void run() {
        rules.totals().estimate(statistics, Statistics.TOTAL_ROW);
        for (final ConfiguredService service : rules.services()) {
            service.counters().estimate(statistics, service.statisticsRow());
            for (final ConfiguredDestination destination : service.destinations()) {
                destination.counters().estimate(statistics, destination.statisticsRow());
            }
        }
    }
}
