package io.ringvs.director.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.ringvs.control.Counters;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

/**
 * The metrics of node_exporter's ipvs collector, so that dashboards and alerts made for kernel IPVS go on working. That
 * collector finds nothing on a director whose kernel has no IPVS, so the names do not meet.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Source:</b> names, labels and their values as node_exporter 1.8 gives them on Linux.
 */
final class IpvsMetrics {
    private static final String[] LABELS = {
        "local_address", "local_port", "local_mark", "remote_address", "remote_port", "proto"};

    private IpvsMetrics() {
    }

    static List<MetricSnapshot> of(final Scrape scrape) {
        final Series.Gauge active = new Series.Gauge("node_ipvs_backend_connections_active",
            "Active connections now, by service and real server.");
        final Series.Gauge inactive = new Series.Gauge("node_ipvs_backend_connections_inactive",
            "Inactive connections now, by service and real server.");
        final Series.Gauge weight = new Series.Gauge("node_ipvs_backend_weight",
            "Weight now, by service and real server.");
        // marks of both families look the same: what has the same labels is added up, as node_exporter does
        final Map<Labels, int[]> marked = new LinkedHashMap<>();
        for (final Scrape.Backend backend : scrape.backends()) {
            final Labels labels = labels(backend);
            if (backend.service().isFwmark()) {
                final int[] sums = marked.computeIfAbsent(labels, each -> new int[3]);
                sums[0] += backend.active();
                sums[1] += backend.inactive();
                sums[2] += backend.weight();
            } else {
                active.add(backend.active(), labels);
                inactive.add(backend.inactive(), labels);
                weight.add(backend.weight(), labels);
            }
        }
        marked.forEach((labels, sums) -> {
            active.add(sums[0], labels);
            inactive.add(sums[1], labels);
            weight.add(sums[2], labels);
        });
        return List.of(
            total(scrape, Counters.CONNECTIONS, "node_ipvs_connections", "Connections made."),
            total(scrape, Counters.IN_PACKETS, "node_ipvs_incoming_packets", "Packets from clients."),
            total(scrape, Counters.OUT_PACKETS, "node_ipvs_outgoing_packets", "Packets from real servers."),
            total(scrape, Counters.IN_BYTES, "node_ipvs_incoming_bytes", "Bytes from clients."),
            total(scrape, Counters.OUT_BYTES, "node_ipvs_outgoing_bytes", "Bytes from real servers."),
            active.snapshot(), inactive.snapshot(), weight.snapshot());
    }

    private static MetricSnapshot total(
        final Scrape scrape, final int which, final String name, final String help) {
        return new Series.Counter(name, help).add(scrape.totals().get(which)).snapshot();
    }

    private static Labels labels(final Scrape.Backend backend) {
        final ServiceKey service = backend.service();
        final boolean mark = service.isFwmark();
        return Labels.of(LABELS, new String[] {
            mark ? "" : service.address().toString(),
            Integer.toString(mark ? 0 : service.port()),
            mark ? String.format(Locale.ROOT, "%08X", service.fwmark()) : "",
            backend.address().toString(),
            Integer.toString(backend.port()),
            mark ? "FWM" : IpProtocol.name(service.protocol())});
    }
}
