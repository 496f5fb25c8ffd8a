package io.ringvs.director.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsServerTest {
    private static final Path DASHBOARD = Path.of("src/main/grafana/ringvs.json");
    private static final Pattern METRIC = Pattern.compile("\\b(?:node_ipvs|ringvs)_[a-z_]+");

    @Test
    void shouldServeTheTextFormat() throws Exception {
        final String text = get(SampleScrape.of(10));
        final Exposition metrics = new Exposition(text);

        assertEquals(1000, metrics.samples.get("ringvs_packets_total{verdict=\"FORWARD\",worker=\"0\"}"));
        assertEquals(0.25, metrics.samples.get("ringvs_latency_seconds_sum{worker=\"0\"}"));
        assertEquals(2, metrics.samples.get(
            "ringvs_socket_drops_total{interface=\"eth1\",queue=\"0\",reason=\"rx_ring_full\"}"));
        assertEquals(5, metrics.samples.get("ringvs_ring_entries{interface=\"eth1\",queue=\"0\",ring=\"rx\"}"));
        assertEquals(1.5, metrics.samples.get("ringvs_snapshot_age_seconds"));
        assertEquals(64512, metrics.samples.get("ringvs_local_address_connections{address=\"192.0.2.200\"}"));
        assertEquals(1, metrics.samples.get("ringvs_local_address_exhausted{address=\"192.0.2.200\"}"));
        assertEquals(12,
            metrics.samples.get("ringvs_local_address_refused_connections_total{address=\"192.0.2.200\"}"));
        // 10 batches of one packet, 20 of two, 30 of three, 40 of four, 50 of five
        assertEquals(30, metrics.samples.get("ringvs_batch_packets_bucket{worker=\"0\",le=\"2.0\"}"));
        assertEquals(100, metrics.samples.get("ringvs_batch_packets_bucket{worker=\"0\",le=\"4.0\"}"));
        assertEquals(150, metrics.samples.get("ringvs_batch_packets_count{worker=\"0\"}"));
        assertEquals(550, metrics.samples.get("ringvs_batch_packets_sum{worker=\"0\"}"));
    }

    @Test
    void shouldHaveTheMetricsOfNodeExporter() throws Exception {
        final Exposition metrics = new Exposition(get(SampleScrape.of(1)));

        assertEquals(23765872, metrics.samples.get("node_ipvs_connections_total"));
        assertEquals(3811989221.0, metrics.samples.get("node_ipvs_incoming_packets_total"));
        assertEquals(0, metrics.samples.get("node_ipvs_outgoing_packets_total"));
        assertEquals(89991519156915.0, metrics.samples.get("node_ipvs_incoming_bytes_total"));
        assertTrue(metrics.samples.containsKey("node_ipvs_outgoing_bytes_total"));
        assertEquals(248, metrics.samples.get("node_ipvs_backend_connections_active{local_address=\"192.168.0.22\","
            + "local_mark=\"\",local_port=\"3306\",proto=\"TCP\",remote_address=\"10.0.0.0\",remote_port=\"3306\"}"));
        assertEquals(21, metrics.samples.get("node_ipvs_backend_weight{local_address=\"\",local_mark=\"10001000\","
            + "local_port=\"0\",proto=\"FWM\",remote_address=\"192.168.49.32\",remote_port=\"3306\"}"),
            "what has the same labels is added up");
        assertEquals(7, metrics.samples.get("node_ipvs_backend_connections_inactive{local_address=\"2001:db8::1\","
            + "local_mark=\"\",local_port=\"53\",proto=\"UDP\",remote_address=\"2001:db8::2\",remote_port=\"53\"}"));
    }

    @Test
    void shouldNameOnlyExistingMetricsInTheDashboard() throws Exception {
        final Set<String> existing = new Exposition(get(SampleScrape.of(1))).sampleNames();
        final JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        final List<String> queries = new ArrayList<>();
        dashboard.get("panels").findValues("expr").forEach(expression -> queries.add(expression.asText()));
        dashboard.get("templating").findValues("query").forEach(query -> queries.add(query.path("query").asText()));
        final Set<String> named = new HashSet<>();
        for (final String query : queries) {
            for (final Matcher metric = METRIC.matcher(query); metric.find();) {
                named.add(metric.group());
            }
        }

        assertTrue(named.size() > 20, "the pattern finds metrics: " + named);
        assertEquals(Set.of(), minus(named, existing), "metrics that do not exist");
    }

    @Test
    void shouldAnswerErrorWhenTheDirectorCannot() throws Exception {
        final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (MetricsServer server = MetricsServer.open(any, () -> {
            throw new IllegalStateException("the control thread did not answer within 8 s");
        })) {
            final HttpResponse<String> answer = get(server);
            assertEquals(500, answer.statusCode());
            assertEquals("the control thread did not answer within 8 s\n", answer.body());
        }
    }

    @Test
    void shouldRefuseAnAddressInUse() throws IOException {
        final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (MetricsServer server = MetricsServer.open(any, () -> SampleScrape.of(0))) {
            final InetSocketAddress taken = new InetSocketAddress(any.getAddress(), server.port());
            assertThrows(IOException.class, () -> MetricsServer.open(taken, () -> SampleScrape.of(0)));
        }
    }

    private static String get(final Scrape scrape) throws Exception {
        final InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (MetricsServer server = MetricsServer.open(any, () -> scrape)) {
            final HttpResponse<String> response = get(server);
            assertEquals(200, response.statusCode());
            assertFalse(response.body().isEmpty());
            return response.body();
        }
    }

    private static HttpResponse<String> get(final MetricsServer server) throws Exception {
        return HttpClient.newHttpClient().send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString());
    }

    private static Set<String> minus(final Set<String> all, final Set<String> others) {
        final Set<String> left = new HashSet<>(all);
        left.removeAll(others);
        return left;
    }
}
