package io.ringvs.director;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.control.DirectorStatus.BucketStatus;
import io.ringvs.control.DirectorStatus.LatencyStatus;
import io.ringvs.fastpath.WorkerCounters;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * All in-director latencies of one worker since the start. Taking them from the worker empties its recorder, so
 * everyone who shows them reads this one record.
 *
 * <p><b>Threading:</b> control thread.
 */
final class LatencyRecord {
    private static final double NS_PER_US = 1e3;
    private static final double NS_PER_SECOND = 1e9;
    /** Upper bounds of the buckets, in nanoseconds. */
    private static final long[] BOUNDS = {
        1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
        10_000_000, 100_000_000, 1_000_000_000};
    private static final Map<String, Double> PERCENTILES = percentiles();

    private final WorkerCounters counters;
    private final Histogram all = new Histogram(WorkerCounters.MAX_LATENCY_NS, 3);
    /** The interval taken last, which only its own recorder takes back. */
    private Histogram interval;

    LatencyRecord(final WorkerCounters counters) {
        this.counters = counters;
    }

    private static Map<String, Double> percentiles() {
        final Map<String, Double> percentiles = new LinkedHashMap<>();
        percentiles.put("p50", 50.0);
        percentiles.put("p90", 90.0);
        percentiles.put("p99", 99.0);
        percentiles.put("p99.9", 99.9);
        percentiles.put("p99.99", 99.99);
        percentiles.put("max", 100.0);
        return percentiles;
    }

    LatencyStatus read() {
        interval = counters.takeLatencies(interval);
        all.add(interval);
        final long[] counts = new long[BOUNDS.length + 1];
        double sumNs = 0;
        int bucket = 0;
        for (final HistogramIterationValue value : all.recordedValues()) {
            while (bucket < BOUNDS.length && value.getValueIteratedTo() > BOUNDS[bucket]) {
                bucket++;
            }
            counts[bucket] += value.getCountAddedInThisIterationStep();
            sumNs += (double) value.getValueIteratedTo() * value.getCountAddedInThisIterationStep();
        }
        final Map<String, Double> percentiles = new LinkedHashMap<>();
        if (all.getTotalCount() != 0) {
            PERCENTILES.forEach(
                (name, percentile) -> percentiles.put(name, all.getValueAtPercentile(percentile) / NS_PER_US));
        }
        final List<BucketStatus> buckets = new ArrayList<>(counts.length);
        for (int i = 0; i < counts.length; i++) {
            buckets.add(new BucketStatus(i == BOUNDS.length ? null : BOUNDS[i] / NS_PER_SECOND, counts[i]));
        }
        return new LatencyStatus(all.getTotalCount(), sumNs / NS_PER_SECOND, percentiles, buckets);
    }
}
