package io.ringvs.control;

import java.util.Arrays;

import io.ringvs.service.Statistics;

/**
 * The published counters and rates of one service, one destination or all traffic: a snapshot that
 * {@link StatisticsEstimator} takes every 2 s; between two runs nothing moves.
 *
 * <p>Rates are exponential averages (weight 1/4, so about 8 s) in fixed point: connections and packets a second scaled
 * by 2^10, bytes a second by 2^5.
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_est.c}.
 */
public final class Counters {
    /** Index of each counter and of its rate. */
    public static final int CONNECTIONS = 0;
    public static final int IN_PACKETS = 1;
    public static final int OUT_PACKETS = 2;
    public static final int IN_BYTES = 3;
    public static final int OUT_BYTES = 4;
    static final int COUNT = 5;

    private static final int[] SOURCES = {
        Statistics.CONNECTIONS, Statistics.IN_PACKETS, Statistics.OUT_PACKETS,
        Statistics.IN_BYTES, Statistics.OUT_BYTES};

    private final long[] current = new long[COUNT];
    private final long[] base = new long[COUNT];
    private final long[] averages = new long[COUNT];

    /** The counter {@code which} since it was last zeroed, unsigned. */
    public long value(final int which) {
        return current[which] - base[which];
    }

    /** The rate per second of counter {@code which}, unsigned. */
    public long rate(final int which) {
        return isBytes(which) ? averages[which] + 0xf >>> 5 : averages[which] + 0x1ff >>> 10;
    }

    /** Begins to count from here, as seen by readers: the workers' counters go on. */
    void zero() {
        System.arraycopy(current, 0, base, 0, COUNT);
        Arrays.fill(averages, 0);
    }

    /** Takes the counters of {@code row} and moves the averages by one period of 2 s. */
    void estimate(final Statistics statistics, final int row) {
        for (int which = 0; which < COUNT; which++) {
            final long now = statistics.sum(row, SOURCES[which]);
            final long scaled = now - current[which] << (isBytes(which) ? 4 : 9);
            averages[which] += scaled - averages[which] >> 2;
            current[which] = now;
        }
    }

    private static boolean isBytes(final int which) {
        return which >= IN_BYTES;
    }
}
