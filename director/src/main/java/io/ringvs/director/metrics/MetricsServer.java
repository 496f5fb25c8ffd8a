package io.ringvs.director.metrics;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * Answers {@code GET /metrics} in Prometheus's text formats.
 *
 * <p>The text is written as it is made, and for one scraper at a time: that of 100 000 real servers is 40 MB, which the
 * client library's own server would keep twice.
 *
 * <p><b>Threading:</b> one thread of its own; each scrape asks the control thread once.
 */
public final class MetricsServer implements AutoCloseable {
    private static final int BACKLOG = 8;
    private static final int BUFFER = 64 << 10;
    private static final int OK = 200;
    private static final int NOT_ALLOWED = 405;
    private static final int FAILED = 500;

    static {
        // seconds after which the JDK's server hangs up on who sends no request, or takes no answer
        setUnlessGiven("sun.net.httpserver.maxReqTime", "10");
        setUnlessGiven("sun.net.httpserver.maxRspTime", "60");
    }

    private final HttpServer server;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        final Thread made = new Thread(work, "ringvs-metrics");
        made.setDaemon(true);
        return made;
    });
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Supplier<Scrape> scrapes;

    private MetricsServer(final HttpServer server, final Supplier<Scrape> scrapes) {
        this.server = server;
        this.scrapes = scrapes;
        server.setExecutor(thread);
        server.createContext("/metrics", this::answer);
        server.start();
    }

    /**
     * Starts to serve.
     *
     * @param scrapes reads the director anew; called by the server's thread
     * @throws IOException when the address cannot be bound
     */
    public static MetricsServer open(final InetSocketAddress address, final Supplier<Scrape> scrapes)
        throws IOException {
        return new MetricsServer(HttpServer.create(address, BACKLOG), scrapes);
    }

    private static void setUnlessGiven(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private void answer(final HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("GET")) {
                fail(exchange, NOT_ALLOWED, "metrics are read with GET");
                return;
            }
            final MetricSnapshots metrics;
            try {
                metrics = metrics(scrapes.get());
            } catch (final IllegalStateException e) {
                fail(exchange, FAILED, e.getMessage());
                return;
            }
            send(exchange, metrics);
        }
    }

    private void send(final HttpExchange exchange, final MetricSnapshots metrics) throws IOException {
        final ExpositionFormatWriter writer = formats.findWriter(exchange.getRequestHeaders().getFirst("Accept"));
        final String encodings = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        final boolean zipped = encodings != null && encodings.contains("gzip");
        exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
        if (zipped) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        }
        exchange.sendResponseHeaders(OK, 0); // 0: in chunks
        final OutputStream body = exchange.getResponseBody();
        try (OutputStream text = new BufferedOutputStream(zipped ? new GZIPOutputStream(body) : body, BUFFER)) {
            writer.write(text, metrics);
        }
    }

    private static void fail(final HttpExchange exchange, final int status, final String sentence) throws IOException {
        final byte[] text = (sentence + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, text.length);
        exchange.getResponseBody().write(text);
    }

    static MetricSnapshots metrics(final Scrape scrape) {
        final List<MetricSnapshot> all = new ArrayList<>(IpvsMetrics.of(scrape));
        all.addAll(DirectorMetrics.of(scrape.status()));
        return new MetricSnapshots(all);
    }

    /** The port, also where any free one was asked for. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        thread.shutdownNow();
    }
}
