package io.ringvs.director.metrics;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.DirectorStatus;
import io.ringvs.control.DirectorStatus.BucketStatus;
import io.ringvs.control.DirectorStatus.LatencyStatus;
import io.ringvs.control.DirectorStatus.LocalAddressStatus;
import io.ringvs.control.DirectorStatus.SocketStatus;
import io.ringvs.control.DirectorStatus.WorkerStatus;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * RingVS's own metrics: workers, rings, steering programs, connection table, defences.
 *
 * <p><b>Threading:</b> one scrape, one thread.
 */
final class DirectorMetrics {
    private final List<MetricSnapshot> metrics = new ArrayList<>();

    private DirectorMetrics() {
    }

    static List<MetricSnapshot> of(final DirectorStatus status) {
        final DirectorMetrics own = new DirectorMetrics();
        own.rules(status);
        own.localAddresses(status.localAddresses());
        own.defences(status);
        own.interfaces(status);
        own.sockets(status.sockets());
        own.workers(status.workers());
        own.distributions(status.workers());
        return own.metrics;
    }

    private void rules(final DirectorStatus status) {
        gauge("ringvs_snapshot_generation", "Number of the newest snapshot of the rules.", status.generation());
        gauge("ringvs_snapshot_age_seconds", "Time since the newest snapshot was published.",
            status.generationAgeSeconds());
        gauge("ringvs_services", "Virtual services.", status.services());
        gauge("ringvs_destinations", "Real servers of all virtual services.", status.destinations());
        gauge("ringvs_connections", "Connections and templates in the connection table.", status.connections());
        gauge("ringvs_connections_max", "Room in the connection table.", status.maxConnections());
        add(new Series.Counter("ringvs_connections_refused", "Connections not opened because the table was full.")
            .add(status.connectionsRefused()));
    }

    private void localAddresses(final List<LocalAddressStatus> addresses) {
        final Series.Gauge connections = new Series.Gauge("ringvs_local_address_connections",
            "FULLNAT connections that have a port of a local address.");
        final Series.Gauge exhausted = new Series.Gauge("ringvs_local_address_exhausted",
            "Whether a local address has had no port left towards a real server.");
        final Series.Counter refused = new Series.Counter("ringvs_local_address_refused_connections",
            "Times that a connection found no port at a local address.");
        for (final LocalAddressStatus each : addresses) {
            connections.add(each.connections(), "address", each.address());
            exhausted.add(each.exhausted() ? 1 : 0, "address", each.address());
            refused.add(each.refusals(), "address", each.address());
        }
        add(connections);
        add(exhausted);
        add(refused);
    }

    private void defences(final DirectorStatus status) {
        final Series.Gauge mode = new Series.Gauge("ringvs_defence_mode", "Mode of a defence; it is up from 2 on.");
        final Series.Counter up = new Series.Counter("ringvs_defence_active_seconds", "How long a defence was up.");
        final Series.Counter dropped = new Series.Counter("ringvs_defence_drops",
            "Connections that drop_entry ended, packets that drop_packet dropped.");
        status.defences().forEach(defence -> {
            mode.add(defence.mode(), "defence", defence.name());
            up.add(defence.secondsUp(), "defence", defence.name());
            dropped.add(defence.dropped(), "defence", defence.name());
        });
        add(mode);
        add(up);
        add(dropped);
    }

    private void interfaces(final DirectorStatus status) {
        final Series.Counter frames =
            new Series.Counter("ringvs_xdp_frames", "Frames by verdict of the steering program.");
        status.interfaces().forEach(each -> each.frames().forEach(
            (verdict, count) -> frames.add(count, "interface", each.name(), "verdict", verdict)));
        add(frames);
    }

    private void sockets(final List<SocketStatus> sockets) {
        final Series.Gauge filled = new Series.Gauge("ringvs_ring_entries", "Entries produced and not yet consumed.");
        final Series.Gauge size = new Series.Gauge("ringvs_ring_size", "Entries that a ring has room for.");
        final Series.Counter dropped = new Series.Counter("ringvs_socket_drops",
            "Frames that the kernel could not give to a socket, and descriptors it refused, by reason.");
        final Series.Counter empty = new Series.Counter("ringvs_fill_ring_empty",
            "Times that the kernel found no frame to receive into.");
        for (final SocketStatus socket : sockets) {
            final String queue = Integer.toString(socket.queue());
            final String name = socket.interfaceName();
            socket.rings().forEach((ring, status) -> {
                filled.add(status.filled(), "interface", name, "queue", queue, "ring", ring);
                size.add(status.size(), "interface", name, "queue", queue, "ring", ring);
            });
            dropped.add(socket.rxRingFull(), "interface", name, "queue", queue, "reason", "rx_ring_full");
            dropped.add(socket.rxDropped(), "interface", name, "queue", queue, "reason", "rx_other");
            dropped.add(socket.invalidDescriptors(), "interface", name, "queue", queue, "reason", "invalid_descriptor");
            empty.add(socket.fillRingEmpty(), "interface", name, "queue", queue);
        }
        add(filled);
        add(size);
        add(dropped);
        add(empty);
    }

    private void workers(final List<WorkerStatus> workers) {
        final Series.Counter packets = new Series.Counter("ringvs_packets",
            "Packets by verdict: FORWARD, HOST_ (left to the host's stack), DROP_ (with the reason).");
        final Series.Counter handed =
            new Series.Counter("ringvs_host_packets", "Packets given to the host's stack.");
        final Series.Counter wakeups = new Series.Counter("ringvs_failed_wakeups",
            "System calls to wake the kernel up that failed.");
        final Series.Counter errors = new Series.Counter("ringvs_icmp_errors", "ICMP errors made.");
        final Series.Counter fragmented =
            new Series.Counter("ringvs_fragmented_packets", "Forwarded packets that were divided.");
        for (final WorkerStatus worker : workers) {
            final String number = Integer.toString(worker.number());
            worker.packets().forEach((verdict, count) -> packets.add(count, "worker", number, "verdict", verdict));
            handed.add(worker.handedToHost(), "worker", number);
            wakeups.add(worker.failedWakeups(), "worker", number);
            errors.add(worker.icmpErrors(), "worker", number);
            fragmented.add(worker.fragmented(), "worker", number);
        }
        add(packets);
        add(handed);
        add(wakeups);
        add(errors);
        add(fragmented);
    }

    private void distributions(final List<WorkerStatus> workers) {
        final Series.Histogram batches =
            new Series.Histogram("ringvs_batch_packets", "Packets of a batch, of batches that had any.");
        final Series.Histogram latencies = new Series.Histogram("ringvs_latency_seconds",
            "How long forwarded packets stayed in the director, from RX ring to TX ring.");
        for (final WorkerStatus worker : workers) {
            final String number = Integer.toString(worker.number());
            final List<Long> counts = worker.batches();
            long packets = 0;
            for (int size = 1; size < counts.size(); size++) {
                packets += size * counts.get(size);
            }
            batches.add(batchBuckets(counts), packets, "worker", number);
            latencies.add(latencyBuckets(worker.latency()), worker.latency().sumSeconds(), "worker", number);
        }
        add(batches);
        add(latencies);
    }

    /** Buckets up to 1, 2, 4, ... packets. */
    private static ClassicHistogramBuckets batchBuckets(final List<Long> counts) {
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        int size = 1;
        for (int bound = 1; bound < counts.size(); bound *= 2) {
            long count = 0;
            for (; size <= bound; size++) {
                count += counts.get(size);
            }
            buckets.bucket(bound, count);
        }
        final long larger = counts.subList(size, counts.size()).stream().mapToLong(Long::longValue).sum();
        return buckets.bucket(Double.POSITIVE_INFINITY, larger).build();
    }

    private static ClassicHistogramBuckets latencyBuckets(final LatencyStatus latency) {
        final ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (final BucketStatus bucket : latency.buckets()) {
            buckets.bucket(
                bucket.upToSeconds() == null ? Double.POSITIVE_INFINITY : bucket.upToSeconds(), bucket.count());
        }
        return buckets.build();
    }

    private void gauge(final String name, final String help, final double value) {
        add(new Series.Gauge(name, help).add(value));
    }

    private void add(final Series<?> series) {
        metrics.add(series.snapshot());
    }
}
