package io.ringvs.director.metrics;

import java.util.ArrayList;
import java.util.List;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * One metric while its values are collected, in terms of the client library.
 *
 * @param <P> the library's type of a value
 */
abstract class Series<P> {
    final MetricMetadata metadata;
    final List<P> points = new ArrayList<>();

    private Series(final String name, final String help) {
        metadata = new MetricMetadata(name, help);
    }

    abstract MetricSnapshot snapshot();

    /** Only grows; the name is without {@code _total}, which the library adds. */
    static final class Counter extends Series<CounterDataPointSnapshot> {
        Counter(final String name, final String help) {
            super(name, help);
        }

        Counter add(final double value, final String... labels) {
            points.add(new CounterDataPointSnapshot(value, Labels.of(labels), null, 0));
            return this;
        }

        @Override
        MetricSnapshot snapshot() {
            return new CounterSnapshot(metadata, points);
        }
    }

    /** Goes up and down. */
    static final class Gauge extends Series<GaugeDataPointSnapshot> {
        Gauge(final String name, final String help) {
            super(name, help);
        }

        Gauge add(final double value, final String... labels) {
            return add(value, Labels.of(labels));
        }

        Gauge add(final double value, final Labels labels) {
            points.add(new GaugeDataPointSnapshot(value, labels, null));
            return this;
        }

        @Override
        MetricSnapshot snapshot() {
            return new GaugeSnapshot(metadata, points);
        }
    }

    /** A distribution; each bucket counts what is above the bucket before it. */
    static final class Histogram extends Series<HistogramDataPointSnapshot> {
        Histogram(final String name, final String help) {
            super(name, help);
        }

        Histogram add(final ClassicHistogramBuckets buckets, final double sum, final String... labels) {
            points.add(HistogramDataPointSnapshot.builder().classicHistogramBuckets(buckets).sum(sum)
                .labels(Labels.of(labels)).build());
            return this;
        }

        @Override
        MetricSnapshot snapshot() {
            return new HistogramSnapshot(metadata, points);
        }
    }
}
