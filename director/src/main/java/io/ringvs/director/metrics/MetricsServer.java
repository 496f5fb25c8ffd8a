package io.ringvs.director.metrics;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * Answers {@code GET /metrics} in Prometheus's text formats.
 *
 * <p><b>Threading:</b> threads of its own; each scrape asks the control thread once.
 */
public final class MetricsServer implements AutoCloseable {
    private final HTTPServer server;

    private MetricsServer(final HTTPServer server) {
        this.server = server;
    }

    /**
     * Starts to serve.
     *
     * @param scrapes reads the director anew; called by the server's threads
     * @throws IOException when the address cannot be bound
     */
    public static MetricsServer open(final InetSocketAddress address, final Supplier<Scrape> scrapes)
        throws IOException {
        final PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(() -> metrics(scrapes.get()));
        return new MetricsServer(HTTPServer.builder()
            .inetAddress(address.getAddress()).port(address.getPort()).registry(registry).buildAndStart());
    }

    static MetricSnapshots metrics(final Scrape scrape) {
        final List<MetricSnapshot> all = new ArrayList<>(IpvsMetrics.of(scrape));
        all.addAll(DirectorMetrics.of(scrape.status()));
        return new MetricSnapshots(all);
    }

    /** The port, also where any free one was asked for. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
