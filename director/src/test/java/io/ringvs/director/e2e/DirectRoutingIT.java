package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Direct routing on real traffic: one segment, two segments, several queues, IPv4 and IPv6. */
class DirectRoutingIT {
    private static final String VIP = "192.168.1.10";
    private static final String VIP6 = "fd00:1::10";

    @Test
    void shouldServeInTurnOnOneSegment() {
        try (Lab lab = new Lab()) {
            final Host client = oneSegment(lab, 1);
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.220:80", "-g", "-w", "1");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.193:80", "-g", "-w", "1");

            final String first = client.curl("http://" + VIP + "/");
            final String second = client.curl("http://" + VIP + "/");

            assertNotEquals(first, second);
            assertEquals(first, client.curl("http://" + VIP + "/"));
            assertEquals(second, client.curl("http://" + VIP + "/"));
            final String connections = director.adm("-Lnc");
            assertEquals(4, connections.lines().filter(line -> line.contains("FIN_WAIT")).count(), connections);
        }
    }

    @Test
    void shouldServeIpv6() {
        try (Lab lab = new Lab()) {
            final Host client = oneSegment(lab, 1);
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", "[" + VIP6 + "]:80", "-s", "rr");
            director.adm("-a", "-t", "[" + VIP6 + "]:80", "-r", "[fd00:1::220]:80", "-g");
            director.adm("-a", "-t", "[" + VIP6 + "]:80", "-r", "[fd00:1::193]:80", "-g");

            final String first = client.curl("http://[" + VIP6 + "]/");

            assertNotEquals(first, client.curl("http://[" + VIP6 + "]/"));
            assertEquals(first, client.curl("http://[" + VIP6 + "]/"));
        }
    }

    @Test
    void shouldServeOnSeveralQueuesWithOneWorkerEach() {
        try (Lab lab = new Lab()) {
            final Host client = oneSegment(lab, 2);
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.220:80", "-g");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.193:80", "-g");
            assertTrue(director.status().contains("worker 1"), director.status());

            final String report = client.run("wrk", "-t1", "-c32", "-d2s", "http://" + VIP + "/");

            assertTrue(!report.contains("Socket errors") && !report.contains("Non-2xx"), report);
        }
    }

    @Test
    void shouldForwardFromOneInterfaceToAnother() {
        try (Lab lab = new Lab()) {
            lab.segment("front");
            lab.segment("back");
            final Host client = lab.host("client");
            final Host balancer = lab.host("director");
            final Host server = lab.host("rs1");
            lab.plug(client, "eth0", "front", "10.1.0.2/24");
            lab.plug(balancer, "eth0", "front", "10.1.0.1/24", "10.1.0.100/32");
            lab.plug(balancer, "eth1", "back", "10.2.0.1/24");
            lab.plug(server, "eth0", "back", "10.2.0.11/24");
            server.bearVip("10.1.0.100/32");
            server.run("ip", "route", "add", "default", "via", "10.2.0.1");
            // the reply passes the director's kernel here, as a router; its source is the VIP,
            // which the kernel bears too
            balancer.sysctl("net/ipv4/ip_forward", "1");
            for (final String name : new String[] {"all", "eth0", "eth1"}) {
                balancer.sysctl("net/ipv4/conf/" + name + "/rp_filter", "0");
                balancer.sysctl("net/ipv4/conf/" + name + "/accept_local", "1");
            }
            server.serveHttp();
            final RunningDirector director = RunningDirector.startBetween(lab);
            director.adm("-A", "-t", "10.1.0.100:80", "-s", "wlc");
            director.adm("-a", "-t", "10.1.0.100:80", "-r", "10.2.0.11:80", "-g");

            assertEquals("rs1", client.curl("http://10.1.0.100/"));
        }
    }

    /**
     * Client, director, rs1 (.220) and rs2 (.193) on one segment, for both families, with nginx on the real servers.
     */
    static Host oneSegment(final Lab lab, final int queues) {
        lab.segment("br0");
        final Host client = lab.host("client");
        lab.plug(client, "eth0", "br0", "192.168.1.100/24", "fd00:1::100/64");
        final Host balancer = lab.host("director");
        lab.plug(balancer, "eth0", queues, "br0",
            "192.168.1.213/24", VIP + "/32", "fd00:1::213/64", VIP6 + "/128");
        for (final String[] server : new String[][] {{"rs1", "220"}, {"rs2", "193"}}) {
            final Host host = lab.host(server[0]);
            lab.plug(host, "eth0", "br0", "192.168.1." + server[1] + "/24", "fd00:1::" + server[1] + "/64");
            host.bearVip(VIP + "/32");
            host.address("lo", VIP6 + "/128");
            host.serveHttp();
        }
        return client;
    }

    static RunningDirector started(final Lab lab, final String... more) {
        final String[] options = new String[more.length + 2];
        options[0] = "--interface";
        options[1] = "eth0";
        System.arraycopy(more, 0, options, 2, more.length);
        return RunningDirector.start(lab, lab.named("director"), options);
    }
}
