package io.ringvs.fastpath;

import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

/**
 * Counts packets at their destination, their service and the total, as IPVS does. Packets of one service in a row are
 * summed up before they are written.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_stats and ip_vs_conn_stats of Linux 6.1 {@code ip_vs_core.c}.
 */
final class TrafficCounter {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final int NO_ROW = -1;

    private final Statistics statistics;
    private final int worker;

    TrafficCounter(final Statistics statistics, final int worker) {
        this.statistics = statistics;
        this.worker = worker;
    }

    /**
     * Counts the packets of a batch that have a destination.
     *
     * <p>A loop of its own over local copies: the fewer instructions to a packet, the more packets' cache misses
     * overlap.
     *
     * @param snapshot the one that the batch's destinations were found in; it keeps their rows from being reused
     */
    void countIn(final PacketBatch batch, final Snapshot snapshot) {
        final byte[] verdicts = batch.verdicts;
        final int[] destinations = batch.destinations;
        final long[] headers = batch.headers;
        final int count = batch.count;
        final long rows = statistics.rows(worker);
        int row = NO_ROW;
        long packets = 0;
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            if (verdicts[i] == UNDECIDED) {
                final Destination destination = snapshot.destination(destinations[i]);
                if (destination == null) {
                    continue; // it bypasses all real servers
                }
                if (destination.serviceStatisticsRow != row) {
                    countRun(row, packets, bytes);
                    row = destination.serviceStatisticsRow;
                    packets = 0;
                    bytes = 0;
                }
                final int length = ParsedHeaders.networkLength(headers[i]);
                packets++;
                bytes += length;
                Statistics.countIn(rows, destination.statisticsRow, length);
            }
        }
        countRun(row, packets, bytes);
    }

    private void countRun(final int row, final long packets, final long bytes) {
        if (row != NO_ROW) {
            statistics.countIn(worker, row, packets, bytes);
            statistics.countIn(worker, Statistics.TOTAL_ROW, packets, bytes);
        }
    }

    /** Counts a packet from a client, of {@code bytes} at layer 3. */
    void countIn(final Destination destination, final int bytes) {
        statistics.countIn(worker, destination.statisticsRow, bytes);
        statistics.countIn(worker, destination.serviceStatisticsRow, bytes);
        statistics.countIn(worker, Statistics.TOTAL_ROW, bytes);
    }

    /** Counts a packet to a client, of {@code bytes} at layer 3. */
    void countOut(final Destination destination, final int bytes) {
        statistics.countOut(worker, destination.statisticsRow, bytes);
        statistics.countOut(worker, destination.serviceStatisticsRow, bytes);
        statistics.countOut(worker, Statistics.TOTAL_ROW, bytes);
    }

    void countConnection(final Destination destination) {
        statistics.countConnection(worker, destination.statisticsRow);
        statistics.countConnection(worker, destination.serviceStatisticsRow);
        statistics.countConnection(worker, Statistics.TOTAL_ROW);
    }
}
