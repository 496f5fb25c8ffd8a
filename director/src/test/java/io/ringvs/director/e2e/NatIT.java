package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import org.junit.jupiter.api.Test;

/**
 * Network address translation on real traffic, with the director as the real servers' router.
 *
 * <pre>
 *   far client 10.9.0.2 - router 10.1.0.254 -+
 *                        client 10.1.0.2   --+-- eth0 director eth1 --+-- rs1 10.2.0.11
 *                                                                     +-- rs2 10.2.0.12
 * </pre>
 */
class NatIT {
    private static final String VIP = "10.1.0.100";
    private static final String VIP6 = "fd01::100";
    private static final int LARGE_BYTES = 20 << 20;

    @Test
    void shouldTranslateTcpOfBothFamilies() throws IOException {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final RunningDirector director = started(lab);
            for (final String vip : new String[] {VIP + ":80", "[" + VIP6 + "]:80"}) {
                final String[] servers = vip.startsWith("[")
                    ? new String[] {"[fd02::11]:80", "[fd02::12]:80"} : new String[] {"10.2.0.11:80", "10.2.0.12:80"};
                director.adm("-A", "-t", vip, "-s", "rr");
                director.adm("-a", "-t", vip, "-r", servers[0], "-m");
                director.adm("-a", "-t", vip, "-r", servers[1], "-m");
            }
            for (final String name : new String[] {"client", "far"}) {
                final Host client = lab.named(name);
                assertEquals("rs2", client.curl("http://" + VIP + "/"), name);
                assertEquals("rs1", client.curl("http://" + VIP + "/"), name);
                assertEquals("rs2", client.curl("http://[" + VIP6 + "]/"), name);
                assertEquals("rs1", client.curl("http://[" + VIP6 + "]/"), name);
            }
            final String connections = director.adm("-Lnc");
            assertEquals(8, connections.lines().filter(line -> line.contains("TIME_WAIT")).count(), connections);
        }
    }

    @Test
    void shouldTransferEveryByteToAnotherPort() throws IOException {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final byte[] bytes = new byte[LARGE_BYTES];
            new Random(1).nextBytes(bytes);
            final Path file = Files.write(lab.directory().resolve("large"), bytes);
            final Host server = lab.named("rs1");
            lab.keep(server.start("files", "python3", "-m", "http.server", "8080", "--bind", "::", "--directory",
                lab.directory().toString()));
            Await.until(10, "the file server listens", () -> server.run("ss", "-tln").contains(":8080"));
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":81", "-s", "rr");
            director.adm("-a", "-t", VIP + ":81", "-r", "10.2.0.11:8080", "-m");

            final String got = lab.named("far").run("sh", "-c",
                "curl -sf --max-time 60 http://" + VIP + ":81/large | sha256sum");

            assertEquals(lab.named("rs1").run("sh", "-c", "sha256sum <" + file), got);
        }
    }

    @Test
    void shouldTranslateUdp() {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final Host server = lab.named("rs1");
            lab.keep(server.start("echo", "python3", "-u", "-c", """
                import socket
                s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                s.bind(('::', 7000))
                while True:
                    data, sender = s.recvfrom(2048)
                    s.sendto(data, sender)
                """));
            Await.until(10, "the echo server listens", () -> server.run("ss", "-uln").contains(":7000"));
            final RunningDirector director = started(lab);
            director.adm("-A", "-u", VIP + ":7", "-s", "rr");
            director.adm("-a", "-u", VIP + ":7", "-r", "10.2.0.11:7000", "-m");
            director.adm("-A", "-u", "[" + VIP6 + "]:7", "-s", "rr");
            director.adm("-a", "-u", "[" + VIP6 + "]:7", "-r", "[fd02::11]:7000", "-m");

            for (final String vip : new String[] {VIP, VIP6}) {
                final String answer = lab.named("far").run("python3", "-c", """
                    import socket, sys
                    s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                    s.settimeout(5)
                    s.connect((sys.argv[1], 7))
                    for size in list(range(0, 1452, 50)) + [1452]:
                        data = bytes(i & 255 for i in range(size))
                        s.send(data)
                        assert s.recv(2048) == data, size
                    print('echoed')
                    """, vip);
                assertTrue(answer.contains("echoed"), answer);
            }
        }
    }

    private static RunningDirector started(final Lab lab) {
        return RunningDirector.start(lab, lab.named("director"), "--interface", "eth0", "--interface", "eth1");
    }

    private static void twoSegments(final Lab lab) {
        lab.segment("front");
        lab.segment("back");
        lab.segment("remote");
        final Host client = lab.host("client");
        lab.plug(client, "eth0", "front", "10.1.0.2/24", "fd01::2/64");
        final Host router = lab.host("router");
        lab.plug(router, "eth0", "front", "10.1.0.254/24", "fd01::254/64");
        lab.plug(router, "eth1", "remote", "10.9.0.1/24", "fd09::1/64");
        routing(router);
        final Host far = lab.host("far");
        lab.plug(far, "eth0", "remote", "10.9.0.2/24", "fd09::2/64");
        far.run("ip", "route", "add", "default", "via", "10.9.0.1");
        far.run("ip", "-6", "route", "add", "default", "via", "fd09::1");
        final Host balancer = lab.host("director");
        lab.plug(balancer, "eth0", "front", "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        lab.plug(balancer, "eth1", "back", "10.2.0.1/24", "fd02::1/64");
        routing(balancer);
        balancer.run("ip", "route", "add", "default", "via", "10.1.0.254");
        balancer.run("ip", "-6", "route", "add", "default", "via", "fd01::254");
        for (final String number : new String[] {"1", "2"}) {
            final Host server = lab.host("rs" + number);
            lab.plug(server, "eth0", "back", "10.2.0.1" + number + "/24", "fd02::1" + number + "/64");
            server.run("ip", "route", "add", "default", "via", "10.2.0.1");
            server.run("ip", "-6", "route", "add", "default", "via", "fd02::1");
            server.serveHttp();
        }
    }

    private static void routing(final Host host) {
        host.sysctl("net/ipv4/ip_forward", "1");
        host.sysctl("net/ipv6/conf/all/forwarding", "1");
    }
}
