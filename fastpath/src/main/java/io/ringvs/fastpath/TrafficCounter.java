package io.ringvs.fastpath;

import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Destination;

/**
 * Counts packets at their destination, their service and the total, as IPVS does. Packets of one service in a row are
 * summed up before they are written.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_stats and ip_vs_conn_stats of Linux 6.1 {@code ip_vs_core.c}.
 */
final class TrafficCounter {
    private static final int NO_ROW = -1;

    private final Statistics statistics;
    private final int worker;
    private int row = NO_ROW;
    private long packets;
    private long bytes;

    TrafficCounter(final Statistics statistics, final int worker) {
        this.statistics = statistics;
        this.worker = worker;
    }

    /** @param length of the packet at layer 3, in bytes */
    void countIn(final Destination destination, final int length) {
        if (destination.serviceStatisticsRow != row) {
            flush();
            row = destination.serviceStatisticsRow;
        }
        packets++;
        bytes += length;
        statistics.countIn(worker, destination.statisticsRow, length);
    }

    void countConnection(final Destination destination) {
        statistics.countConnection(worker, destination.statisticsRow);
        statistics.countConnection(worker, destination.serviceStatisticsRow);
        statistics.countConnection(worker, Statistics.TOTAL_ROW);
    }

    /** Writes what is summed up; called at the end of each batch, while its snapshot keeps the rows from being reused. */
    void flush() {
        if (row != NO_ROW) {
            statistics.countIn(worker, row, packets, bytes);
            statistics.countIn(worker, Statistics.TOTAL_ROW, packets, bytes);
            row = NO_ROW;
            packets = 0;
            bytes = 0;
        }
    }
}
