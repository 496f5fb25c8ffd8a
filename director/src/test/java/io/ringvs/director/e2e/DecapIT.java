package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

/** Tunnels from the director to a real server that has no tunnel device, only {@code ringvs decap}. */
class DecapIT {
    private static final String VIP = "192.168.1.10";
    private static final String VIP6 = "fd00:1::10";
    private static final String SERVER = "192.168.1.220:80";
    private static final String SERVER6 = "[fd00:1::220]:80";
    private static final String[] TUNNELS = {
        "ipip", "gue --tun-port 6080 --tun-nocsum", "gue --tun-port 6080 --tun-csum",
        "gue --tun-port 6080 --tun-remcsum", "gre", "gre --tun-csum"};
    private static final int LARGE_BYTES = 1 << 20;

    @Test
    void shouldServeThroughEveryTunnel() throws IOException {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final Host server = lab.named("rs1");
            final Path large = Files.write(lab.directory().resolve("large"), new byte[LARGE_BYTES]);
            final RunningDirector director = DirectRoutingIT.started(lab);
            final Program decap = started(lab, server, "--interface", "eth0", "--vip", VIP, "--vip", VIP6);
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                director.adm("-A", "-t", vip + ":80", "-s", "rr");
                for (final String to : new String[] {SERVER, SERVER6}) {
                    for (final String tunnel : TUNNELS) {
                        final List<String> add = new ArrayList<>(
                            List.of("-a", "-t", vip + ":80", "-r", to, "-i", "--tun-type"));
                        add.addAll(Arrays.asList(tunnel.split(" ")));
                        director.adm(add.toArray(String[]::new));
                        assertEquals("rs1", client.curl("http://" + vip + "/"), vip + " by " + tunnel + " to " + to);
                        // packets that fill the MTU: the client has to learn that of the tunnel
                        assertEquals("rs1", client.run("curl", "-sS", "-g", "--max-time", "5", "--data-binary",
                            "@" + large, "http://" + vip + "/").trim(), vip + " by " + tunnel + " to " + to);
                        director.adm("-d", "-t", vip + ":80", "-r", to);
                    }
                }
            }
            decap.close();
            for (final String kind : new String[] {"UNWRAPPED_IPIP", "UNWRAPPED_GUE", "UNWRAPPED_GRE"}) {
                assertTrue(decap.output().contains(kind), decap.output());
            }
            assertFalse(decap.output().contains("DROP_"), decap.output());
            assertFalse(server.run("ip", "link", "show", "eth0").contains("xdp"), "the program goes with the process");
        }
    }

    @Test
    void shouldLeaveOtherAddressesInTheirTunnels() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            final Program decap =
                started(lab, lab.named("rs1"), "--interface", "eth0", "--vip", "192.168.1.99", "--report", "1");
            Await.until(10, () -> "it warns of an address that no interface bears: " + decap.output(),
                () -> decap.output().contains("No interface of this host bears [192.168.1.99]"));
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", SERVER, "-i");

            assertFalse(client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").succeeded());

            Await.until(10, () -> "the counters are shown: " + decap.output(),
                () -> decap.output().contains("PASS_NO_VIP"));
        }
    }

    @Test
    void shouldFollowTheAddressesOfTheHost() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            started(lab, lab.named("rs1"), "--interface", "eth0", "--vip", VIP);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.221:80", "-i");

            lab.named("rs1").address("eth0", "192.168.1.221/24");

            Await.until(10, "packets to the new address are unwrapped",
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("rs1"));
        }
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        shouldRefuse("--vip VIP", host -> { }, "--interface", "eth0");
        shouldRefuse("'10.1.1' is not a numeric IPv4 or IPv6 address", host -> { },
            "--interface", "eth0", "--vip", "10.1.1");
        shouldRefuse("--gue-port must be from 1 to 65535, not 0", host -> { },
            "--interface", "eth0", "--vip", VIP, "--gue-port", "0");
        shouldRefuse("--report must be 0 or more seconds, not -1", host -> { },
            "--interface", "eth0", "--vip", VIP, "--report", "-1");
        shouldRefuse("there is no interface nope0", host -> { }, "--interface", "nope0", "--vip", VIP);
        shouldRefuse("lo carries no Ethernet frames", host -> { }, "--interface", "lo", "--vip", VIP);
        shouldRefuse("eth0 is down", host -> host.run("ip", "link", "set", "eth0", "down"),
            "--interface", "eth0", "--vip", VIP);
    }

    @Test
    void shouldRefuseAnInterfaceThatIsTaken() {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            started(lab, host, "--interface", "eth0", "--vip", VIP);
            final Program second = launched(lab, host, "second", "--interface", "eth0", "--vip", VIP);
            assertNotEquals(0, second.awaitEnd(30));
            assertTrue(second.output().contains("eth0 is already decapsulated by another RingVS, process "),
                second.output());
            final RunningDirector director = RunningDirector.launch(lab, host, "--interface", "eth0");
            assertNotEquals(0, director.program().awaitEnd(30));
            assertTrue(director.output().contains("already decapsulated by another RingVS"), director.output());
        }
    }

    private static void shouldRefuse(final String sentence, final Consumer<Host> fault, final String... options) {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            fault.accept(host);
            final Program decap = launched(lab, host, "decap", options);
            assertNotEquals(0, decap.awaitEnd(30));
            assertTrue(decap.output().contains(sentence), decap.output());
            assertEquals(1, decap.output().lines().count(), "one sentence: " + decap.output());
        }
    }

    private static Host plugged(final Lab lab) {
        lab.segment("br0");
        final Host host = lab.host("rs1");
        lab.plug(host, "eth0", "br0", "192.168.1.220/24");
        return host;
    }

    static Program started(final Lab lab, final Host host, final String... options) {
        final Program decap = launched(lab, host, "decap", options);
        Await.until(30, () -> "it is attached; its output:\n" + decap.output(),
            () -> decap.output().contains("eth0: decapsulating in native mode"));
        return decap;
    }

    private static Program launched(final Lab lab, final Host host, final String label, final String... options) {
        final List<String> command = new ArrayList<>(RunningDirector.java("decap"));
        command.addAll(Arrays.asList(options));
        return lab.keep(host.start(label, command.toArray(String[]::new)));
    }
}
