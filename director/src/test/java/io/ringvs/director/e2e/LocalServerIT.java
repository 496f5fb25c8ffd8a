package io.ringvs.director.e2e;

import static io.ringvs.director.e2e.TwoSegments.VIP;
import static io.ringvs.director.e2e.TwoSegments.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

/** Real servers on the director itself, on real traffic, in the network of {@link TwoSegments}. */
class LocalServerIT {
    private static final int LARGE_BYTES = 10 << 20;
    private static final String DEVICE = "ringvs1";
    /** A UDP client that is refused by ICMP. */
    private static final String REFUSED = """
        import socket, sys
        s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(5)
        s.connect((sys.argv[1], 9))
        s.send(b'x')
        try:
            s.recv(1)
        except ConnectionRefusedError:
            print('refused')
        """;

    @Test
    void shouldServeFromTheDirectorItselfAndFromOthersByNat() {
        try (Lab lab = new Lab()) {
            final Host host = make(lab);
            final RunningDirector director = RunningDirector.startBetween(lab);
            nat(director, "-t", ":8000", "10.2.0.11:80", "[fd02::11]:80");
            director.adm("-a", "-t", VIP + ":8000", "-r", "10.1.0.1:80", "-m");
            director.adm("-a", "-t", "[" + VIP6 + "]:8000", "-r", "[fd01::1]:80", "-m");
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                final Set<String> answers = new TreeSet<>();
                for (int i = 0; i < 2; i++) {
                    answers.add(lab.named("far").curl("http://" + vip + ":8000/"));
                }
                assertEquals(Set.of("director", "rs1"), answers, vip);
            }
            final String connections = director.adm("-Lnc");
            assertEquals(4, connections.lines().filter(line -> line.contains("TIME_WAIT")).count(), connections);
            // its own services are reached as before, at the same address and port
            assertEquals("director", lab.named("far").curl("http://10.1.0.1/"));
            assertEquals("director", lab.named("far").curl("http://[fd01::1]/"));

            director.adm("-C");
            final String before = taken(host);
            assertEquals("director", lab.named("far").curl("http://10.1.0.1/"));
            assertEquals(before, taken(host), "packets that came to the director though it has no rule");
        }
    }

    @Test
    void shouldTransferEveryByteBothWays() {
        try (Lab lab = new Lab()) {
            final Host host = make(lab);
            // large segments without checksums leave the host's stack, as on most interfaces
            host.run("ethtool", "-K", "eth0", "tx", "on", "tso", "on");
            final FileServer files = FileServer.start(lab, host, LARGE_BYTES);
            final RunningDirector director = RunningDirector.startBetween(lab);
            nat(director, "-t", ":81", "10.1.0.1:8080", "[fd01::1]:8080");
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                assertEquals(files.digest(), files.fetch(lab.named("far"), vip + ":81"), vip);
                assertEquals(files.digest(), files.upload(lab.named("far"), vip + ":81"), vip);
            }
        }
    }

    @Test
    void shouldAnswerUdpAndTellThatAPortIsClosed() {
        try (Lab lab = new Lab()) {
            final Host host = make(lab);
            // a server that does not choose its address gets one from the host, and none such
            host.run("ip", "address", "change", VIP6 + "/128", "dev", "eth0", "preferred_lft", "0");
            UdpEcho.serve(lab, host);
            final RunningDirector director = RunningDirector.startBetween(lab);
            nat(director, "-u", ":7", "10.1.0.1:7000", "[fd01::1]:7000");
            nat(director, "-u", ":9", "10.1.0.1:7009", "[fd01::1]:7009");
            for (final String vip : new String[] {VIP, VIP6}) {
                UdpEcho.check(lab.named("far"), vip, 7, 1452, 3000);
                assertEquals("refused", lab.named("far").run("python3", "-c", REFUSED, vip).trim(), vip);
            }
        }
    }

    @Test
    void shouldSeeWhatServersWithTheVirtualAddressAnswer() {
        try (Lab lab = new Lab()) {
            make(lab);
            final RunningDirector director = RunningDirector.startBetween(lab);
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                final String server = vip.startsWith("[") ? "[fd01::1]" : "10.1.0.1";
                for (final String port : new String[] {":80", ":82"}) {
                    director.adm("-A", "-t", vip + port, "-s", "rr");
                    director.adm("-a", "-t", vip + port, "-r", server + port, "-g");
                }
                assertEquals("director", lab.named("far").curl("http://" + vip + "/"));
                assertFalse(lab.named("far").attempt("curl", "-sg", "http://" + vip + ":82/").succeeded(), vip);
            }
            final String connections = director.adm("-Lnc");
            assertEquals(2, connections.lines().filter(
                line -> line.contains(":82") && line.contains("CLOSE ")).count(), connections);
            assertEquals(2, connections.lines().filter(
                line -> line.contains(":80 ") && line.contains("TIME_WAIT")).count(), connections);
            Await.until(5, "answers are counted", () -> director.adm("-Ln", "--stats", "--exact").lines()
                .noneMatch(line -> line.startsWith("TCP") && line.endsWith(" 0")));
        }
    }

    @Test
    void shouldLeaveTheHostItsTrafficGivenTheDirectorIsKilled() {
        try (Lab lab = new Lab()) {
            final Host host = make(lab);
            final RunningDirector killed = RunningDirector.startBetween(lab);
            nat(killed, "-t", ":8000", "10.1.0.1:80", "[fd01::1]:80");
            assertEquals("director", lab.named("far").curl("http://" + VIP + ":8000/"));

            killed.program().kill();

            assertEquals("director", lab.named("far").curl("http://10.1.0.1/"));
            assertEquals(2, filters(host));
            final RunningDirector next = RunningDirector.startBetween(lab);
            assertEquals(2, filters(host), "one on each interface, not those of the killed one besides");
            nat(next, "-t", ":8000", "10.1.0.1:80", "[fd01::1]:80");
            assertEquals("director", lab.named("far").curl("http://" + VIP + ":8000/"));
            next.close();
            assertEquals(0, filters(host));
            assertEquals("director", lab.named("far").curl("http://10.1.0.1/"));
        }
    }

    private static Host make(final Lab lab) {
        TwoSegments.make(lab, 2);
        for (final String name : new String[] {"rs1", "rs2"}) {
            lab.named(name).gateway("10.2.0.1", "fd02::1");
        }
        lab.named("director").serveHttp();
        return lab.named("director");
    }

    private static void nat(
        final RunningDirector director, final String kind, final String port, final String server,
        final String server6) {
        director.adm("-A", kind, VIP + port, "-s", "rr");
        director.adm("-a", kind, VIP + port, "-r", server, "-m");
        director.adm("-A", kind, "[" + VIP6 + "]" + port, "-s", "rr");
        director.adm("-a", kind, "[" + VIP6 + "]" + port, "-r", server6, "-m");
    }

    /** Packets that the host sent and the director got. */
    private static String taken(final Host host) {
        final String packets = host.run("cat", "/sys/class/net/" + DEVICE + "/statistics/tx_packets").trim();
        assertTrue(Long.parseLong(packets) > 0, "the test looks at the wrong device");
        return packets;
    }

    private static long filters(final Host host) {
        return (host.run("tc", "filter", "show", "dev", "eth0", "egress")
            + host.run("tc", "filter", "show", "dev", "eth1", "egress")).lines()
            .filter(line -> line.contains("ringvs_local")).count();
    }
}
