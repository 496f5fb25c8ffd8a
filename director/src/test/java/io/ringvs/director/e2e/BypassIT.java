package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * cache_bypass: a transparent proxy's director lets packets go on to where they are addressed when no proxy is left.
 *
 * <pre>
 *   client 10.1.0.2 - eth0 director eth1 - origin 10.2.0.11
 * </pre>
 */
class BypassIT {
    private static final String ORIGIN = "10.2.0.11";

    /** What the director cannot send yet the host routes, however strict it is about where packets come from. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void shouldGoOnToTheOriginGivenNoRealServer(final String reversePathFilter) {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, 1500);
            lab.named("director").sysctl("net/ipv4/conf/all/rp_filter", reversePathFilter);
            client.run("ip", "route", "add", "10.2.0.0/24", "via", "10.1.0.1");
            lab.named("rs1").serveHttp();
            final RunningDirector director = RunningDirector.startBetween(lab);
            director.adm("-A", "-f", "1", "-s", "rr");
            assertTrue(director.command(
                "mark", "add", "--dst", "10.2.0.0/24", "--proto", "tcp", "--dports", "80", "--mark", "1").succeeded());
            assertFalse(client.attempt("curl", "-s", "--max-time", "2", "http://" + ORIGIN + "/").succeeded());

            assertEquals("", director.command("set", "net.ipv4.vs.cache_bypass=1").stderr());

            // from the second on the director knows the origin's neighbour itself
            for (int i = 0; i < 3; i++) {
                assertEquals("rs1", client.curl("http://" + ORIGIN + "/"));
            }
            assertTrue(director.status().contains("HOST_BYPASS"), director.status());
            final String connections = director.adm("-Lnc");
            assertEquals(3, connections.lines().filter(line -> line.startsWith("TCP")
                && line.contains(ORIGIN + ":80") && line.endsWith(" 0.0.0.0:0")).count(), connections);
        }
    }
}
