package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/** Metrics of real traffic, as a scraper gets them. */
class MetricsIT {
    private static final String VIP = "192.168.1.10";

    @Test
    void shouldCountTraffic() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final Host balancer = lab.named("director");
            final RunningDirector director = DirectRoutingIT.started(lab, "--metrics", "9117");
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.220:80", "-g", "-w", "3");

            client.curl("http://" + VIP + "/");

            final String metrics = scrape(balancer);
            assertTrue(value(metrics, "ringvs_packets_total{verdict=\"FORWARD\",worker=\"0\"}") >= 5, metrics);
            assertTrue(value(metrics, "ringvs_latency_seconds_count{worker=\"0\"}") >= 5, metrics);
            assertTrue(value(metrics, "ringvs_batch_packets_sum{worker=\"0\"}") >= 5, metrics);
            assertTrue(value(
                metrics, "ringvs_xdp_frames_total{interface=\"eth0\",verdict=\"STEERED_SERVICE\"}") >= 5, metrics);
            assertTrue(
                value(metrics, "ringvs_ring_entries{interface=\"eth0\",queue=\"0\",ring=\"fill\"}") > 0, metrics);
            assertEquals(1, value(metrics, "ringvs_services"));
            assertEquals(1, value(metrics, "ringvs_destinations"));
            assertEquals(1, value(metrics, "ringvs_connections"));
            assertEquals(3, value(metrics, "node_ipvs_backend_weight{local_address=\"" + VIP + "\",local_mark=\"\","
                + "local_port=\"80\",proto=\"TCP\",remote_address=\"192.168.1.220\",remote_port=\"80\"}"));
            // the totals move every two seconds, as in Linux
            Await.until(10, "a connection in the totals",
                () -> value(scrape(balancer), "node_ipvs_connections_total") == 1);
            final long generation = value(metrics, "ringvs_snapshot_generation");
            director.adm("-e", "-t", VIP + ":80", "-r", "192.168.1.220:80", "-g", "-w", "4");
            assertTrue(value(scrape(balancer), "ringvs_snapshot_generation") > generation);
            assertTrue(director.status().contains("in-director latency"), "a scrape takes nothing from the status");
        }
    }

    @Test
    void shouldBeOffUnlessAskedFor() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            host.run("ip", "link", "set", "lo", "up");
            RunningDirector.start(lab, host, "--no-io");
            assertEquals("", host.run("ss", "-Hltn"));
        }
    }

    @Test
    void shouldListenOnLoopbackForBarePortAndSayWhenItCannot() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            host.run("ip", "link", "set", "lo", "up");
            RunningDirector.start(lab, host, "--no-io", "--metrics", "9117");
            assertTrue(host.run("ss", "-Hltn").contains("127.0.0.1]:9117"), host.run("ss", "-Hltn"));

            final RunningDirector refused = RunningDirector.launchAt(
                lab, host, lab.directory().resolve("second.sock"), new String[0], "--no-io", "--metrics", "9117");
            Await.until(30, "the second director ends", () -> !refused.program().isRunning());
            assertTrue(refused.output().contains("ringvs: metrics cannot be served at /127.0.0.1:9117"),
                refused.output());
            assertFalse(refused.hasSocket());
        }
    }

    private static String scrape(final Host host) {
        return host.run("curl", "-s", "--fail", "http://127.0.0.1:9117/metrics");
    }

    private static long value(final String metrics, final String series) {
        final Matcher line = Pattern.compile("(?m)^" + Pattern.quote(series) + " ([0-9.E]+)$").matcher(metrics);
        assertTrue(line.find(), () -> series + " in\n" + metrics);
        assertNotEquals("", line.group(1));
        return (long) Double.parseDouble(line.group(1));
    }
}
