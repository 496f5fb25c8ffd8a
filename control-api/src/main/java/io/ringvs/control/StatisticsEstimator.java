package io.ringvs.control;

import java.util.Collections;
import java.util.Iterator;

import io.ringvs.service.Statistics;

/**
 * Publishes counters and rates every 2 s, as Linux does; where there are many, some of them after the others, so that
 * no rule change waits for all.
 *
 * <p><b>Threading:</b> control thread: {@link #poll} on every turn of its loop.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_est.c}.
 */
public final class StatisticsEstimator {
    /** Time from one run to the next, in milliseconds. */
    public static final long PERIOD_MS = 2000;

    /** Counted objects in a piece: about a millisecond's work. */
    static final int PIECE = 4096;
    /** Time from one piece to the next, in milliseconds. */
    static final long PIECE_MS = 10;

    private final RuleSet rules;
    private final Statistics statistics;
    private long nextRunMs;
    private long nextPieceMs;
    /** Services whose turn is still to come in this run. */
    private Iterator<ConfiguredService> left = Collections.emptyIterator();

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
            nextRunMs = Math.max(nextRunMs + PERIOD_MS, nowMs + 1);
            nextPieceMs = nowMs;
            while (left.hasNext()) {
                runPiece();
            }
            rules.totals().estimate(statistics, Statistics.TOTAL_ROW);
            left = rules.services().iterator();
        }
        if (left.hasNext() && nowMs >= nextPieceMs) {
            nextPieceMs = nowMs + PIECE_MS;
            runPiece();
        }
        return (left.hasNext() ? nextPieceMs : nextRunMs) - nowMs;
    }

    private void runPiece() {
        for (int counted = 0; counted < PIECE && left.hasNext();) {
            final ConfiguredService service = left.next();
            service.counters().estimate(statistics, service.statisticsRow());
            for (final ConfiguredDestination destination : service.destinations()) {
                destination.counters().estimate(statistics, destination.statisticsRow());
            }
            counted += 1 + service.destinations().size();
        }
    }
}
