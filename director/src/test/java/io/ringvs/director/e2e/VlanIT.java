package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * VLANs on a trunk: the director runs on eth0 and serves what is tagged for its interfaces on top of it.
 *
 * <pre>
 *   client  eth0.100 10.1.0.2  -+
 *                               +- trunk - eth0 of the director, eth0.100 10.1.0.1, eth0.200 10.2.0.1
 *   rs1     eth0.200 10.2.0.11 -+
 * </pre>
 *
 * <p>Needs a kernel that has VLAN interfaces (CONFIG_VLAN_8021Q), as those of distributions do; on others it is left
 * out and that is said.
 */
@EnabledIf(value = "hasVlans", disabledReason = "this kernel has no VLAN interfaces (CONFIG_VLAN_8021Q)")
class VlanIT {
    private static final String VIP = "10.1.0.100";
    private static final String VIP6 = "fd01::100";
    /** What curl ends with when it is refused; when nobody answers it ends with another. */
    private static final int CURL_CANNOT_CONNECT = 7;
    private static final int LARGE_BYTES = 1 << 20;

    static boolean hasVlans() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("probe");
            return host.attempt("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1").succeeded()
                && host.attempt(Shell.line("ip link add link v0 name v0.1 type vlan id 1")).succeeded();
        }
    }

    @Test
    void shouldServeOneArmInsideAVlan() {
        try (Lab lab = new Lab()) {
            final Host client = oneArm(lab, "802.1q", 100);
            final RunningDirector director = started(lab);
            serve(director, "-g", "10.1.0.11", "fd01::11");

            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            assertEquals("rs1", client.curl("http://[" + VIP6 + "]/"));
            assertTrue(director.status().contains("STEERED_SERVICE"), director.status());
        }
    }

    @Test
    void shouldServeInsideAVlanOfAProvider() {
        try (Lab lab = new Lab()) {
            final Host client = oneArm(lab, "802.1ad", 7);
            final RunningDirector director = started(lab);
            serve(director, "-g", "10.1.0.11", "fd01::11");

            assertEquals("rs1", client.curl("http://" + VIP + "/"));
        }
    }

    @Test
    void shouldTranslateFromOneVlanToAnother() throws IOException {
        try (Lab lab = new Lab()) {
            final Host client = twoVlans(lab);
            final Path file = Files.write(lab.directory().resolve("large"), new byte[LARGE_BYTES]);
            final RunningDirector director = started(lab);
            serve(director, "-m", "10.2.0.11", "fd02::11");

            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            assertEquals("rs1", client.curl("http://[" + VIP6 + "]/"));
            assertEquals("rs1", client.run("curl", "-sS", "--max-time", "20", "--data-binary", "@" + file,
                "http://" + VIP + "/").trim());
            assertTrue(director.status().contains("STEERED_REPLY"), director.status());
        }
    }

    @Test
    void shouldRouteDirectlyAndTunnelFromOneVlanToAnother() {
        try (Lab lab = new Lab()) {
            final Host client = twoVlans(lab);
            final Host server = lab.named("rs1");
            server.bearVip(VIP + "/32");
            // the answer passes the director's kernel, as a router; its source is the VIP, which the kernel bears too
            final Host balancer = lab.named("director");
            for (final String name : new String[] {"all", "eth0.100", "eth0.200"}) {
                balancer.sysctl("net/ipv4/conf/" + name + "/rp_filter", "0");
                balancer.sysctl("net/ipv4/conf/" + name + "/accept_local", "1");
            }
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "10.2.0.11:80", "-g");

            assertEquals("rs1", client.curl("http://" + VIP + "/"));

            DecapIT.started(lab, server, "--interface", "eth0", "--vip", VIP);
            director.adm("-e", "-t", VIP + ":80", "-r", "10.2.0.11:80", "-i");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            assertTrue(director.adm("-Ln").contains("Tunnel"), director.adm("-Ln"));
        }
    }

    @Test
    void shouldTellClientsAndHandBackToHostInsideAVlan() {
        try (Lab lab = new Lab()) {
            final Host client = oneArm(lab, "802.1q", 100);
            final Host balancer = lab.named("director");
            balancer.serveHttp();
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");

            final Shell.Answer refused = client.attempt("curl", "-sS", "--max-time", "3", "http://" + VIP + "/");
            assertEquals(CURL_CANNOT_CONNECT, refused.status(), "an ICMP error tells the client: " + refused.stderr());

            director.adm("-a", "-t", VIP + ":80", "-r", "10.1.0.1:80", "-g");
            assertEquals("director", client.curl("http://" + VIP + "/"));
            assertTrue(director.status().contains("given to the host"), director.status());
        }
    }

    @Test
    void shouldFollowVlanInterfacesThatComeAndGo() {
        try (Lab lab = new Lab()) {
            final Host client = oneArm(lab, "802.1q", 100);
            final Host balancer = lab.named("director");
            balancer.serveHttp();
            balancer.run("ip", "link", "del", "eth0.100");
            final RunningDirector director = started(lab);
            serve(director, "-g", "10.1.0.11", "fd01::11");
            assertFalse(client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").succeeded());

            balancer.vlan("eth0", "802.1q", 100, "10.1.0.1/24", VIP + "/32");
            balancer.run("ip", "link", "set", "eth0.100", "address", "02:00:00:00:64:01");

            Await.until(10, () -> "requests are served: " + director.status(),
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("rs1"));
        }
    }

    @Test
    void shouldWarnOfAnInterfaceThatTakesTagsOff() {
        try (Lab lab = new Lab()) {
            oneArm(lab, "802.1q", 100);
            lab.named("director").run("ethtool", "-K", "eth0", "rxvlan", "on");
            final RunningDirector director = started(lab);
            Await.until(10, director::output,
                () -> director.output().contains("`ethtool -K eth0 rxvlan off`"));
        }
    }

    private static void serve(
        final RunningDirector director, final String method, final String server, final String server6) {
        for (final String[] each : new String[][] {{VIP + ":80", server + ":80"},
            {"[" + VIP6 + "]:80", "[" + server6 + "]:80"}}) {
            director.adm("-A", "-t", each[0], "-s", "rr");
            director.adm("-a", "-t", each[0], "-r", each[1], method);
        }
    }

    private static RunningDirector started(final Lab lab) {
        return RunningDirector.start(lab, lab.named("director"), "--interface", "eth0");
    }

    private static Host oneArm(final Lab lab, final String protocol, final int vlan) {
        lab.segment("trunk");
        final Host client = host(lab, "client", protocol, vlan, "10.1.0.2/24", "fd01::2/64");
        host(lab, "director", protocol, vlan, "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        final Host server = host(lab, "rs1", protocol, vlan, "10.1.0.11/24", "fd01::11/64");
        server.bearVip(VIP + "/32");
        server.address("lo", VIP6 + "/128");
        server.serveHttp();
        return client;
    }

    private static Host twoVlans(final Lab lab) {
        lab.segment("trunk");
        final Host client = host(lab, "client", "802.1q", 100, "10.1.0.2/24", "fd01::2/64");
        final Host balancer =
            host(lab, "director", "802.1q", 100, "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        balancer.vlan("eth0", "802.1q", 200, "10.2.0.1/24", "fd02::1/64");
        balancer.route();
        final Host server = host(lab, "rs1", "802.1q", 200, "10.2.0.11/24", "fd02::11/64");
        server.gateway("10.2.0.1", "fd02::1");
        server.serveHttp();
        return client;
    }

    private static Host host(
        final Lab lab, final String name, final String protocol, final int vlan, final String... addresses) {
        final Host host = lab.host(name);
        lab.trunk(host, "eth0", "trunk");
        host.vlan("eth0", protocol, vlan, addresses);
        return host;
    }
}
