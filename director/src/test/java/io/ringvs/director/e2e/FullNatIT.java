package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

/**
 * FULLNAT on real traffic: the real servers have no route but that of their own network, and see the director's local
 * addresses only.
 *
 * <pre>
 *   far client 10.9.0.2 - router 10.1.0.254 --- eth0 director eth1 --+-- rs1 10.2.0.11
 *                                                    10.2.0.200      +-- rs2 10.2.0.12
 *                                                    10.2.0.201
 * </pre>
 */
class FullNatIT {
    private static final String VIP = "10.1.0.100";
    private static final String VIP6 = "fd01::100";
    private static final String LOCAL = "10.2.0.200";
    private static final String LOCAL6 = "fd02::200";
    private static final int LARGE_BYTES = 12 << 20;

    @Test
    void shouldReachServersThatKnowNoWayToTheClient() throws IOException {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final RunningDirector director = started(lab);
            serve(director, "-t", VIP + ":80", LOCAL, "10.2.0.11:80", "10.2.0.12:80");
            serve(director, "-t", "[" + VIP6 + "]:80", LOCAL6, "[fd02::11]:80", "[fd02::12]:80");
            final Host client = lab.named("far");

            for (final String url : new String[] {"http://" + VIP + "/", "http://[" + VIP6 + "]/"}) {
                final Set<String> answering = new TreeSet<>();
                for (int round = 0; round < 6; round++) {
                    answering.add(client.curl(url));
                }
                assertEquals(Set.of("rs1", "rs2"), answering);
            }

            final String connections = director.adm("-Lnc", "--fullnat");
            assertEquals(12, connections.lines().filter(line -> line.contains("TIME_WAIT")).count(), connections);
            assertEquals(6, connections.lines().filter(line -> line.contains(" " + LOCAL + ":")).count(), connections);
            assertEquals(6, connections.lines().filter(line -> line.contains("[" + LOCAL6 + "]:")).count(),
                connections);
            final String locals = director.adm("--get-laddr", "-n");
            assertTrue(locals.matches("(?s).*10\\.1\\.0\\.100:80 +10\\.2\\.0\\.200 +0 +6\n.*"), locals);
            final String listing = director.adm("-Ln");
            assertEquals(4, listing.lines().filter(line -> line.contains("FullNat")).count(), listing);
            assertTrue(director.status().contains("local address " + LOCAL + ": 6 connections, 0 refused"));
        }
    }

    @Test
    void shouldTransferEveryByteBothWaysWithSeveralWorkers() throws IOException {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final byte[] bytes = new byte[LARGE_BYTES];
            new Random(1).nextBytes(bytes);
            final Path file = Files.write(lab.directory().resolve("large"), bytes);
            final Host server = lab.named("rs1");
            lab.keep(server.start("files", "python3", "-u", "-c", """
                import hashlib, http.server, os, socket, sys
                class Handler(http.server.BaseHTTPRequestHandler):
                    def do_GET(self):
                        data = open(sys.argv[1], 'rb').read()
                        self.answer(data)
                    def do_POST(self):
                        left, digest = int(self.headers['Content-Length']), hashlib.sha256()
                        while left:
                            piece = self.rfile.read(min(left, 65536))
                            digest.update(piece)
                            left -= len(piece)
                        self.answer((digest.hexdigest() + '  -\\n').encode())
                    def answer(self, data):
                        self.send_response(200)
                        self.send_header('Content-Length', str(len(data)))
                        self.end_headers()
                        self.wfile.write(data)
                class Server(http.server.ThreadingHTTPServer):
                    address_family = socket.AF_INET6
                Server(('::', 8080), Handler).serve_forever()
                """, file.toString()));
            Await.until(10, "the file server listens", () -> server.run("ss", "-tln").contains(":8080"));
            final RunningDirector director = started(lab);
            serve(director, "-t", VIP + ":81", LOCAL, "10.2.0.11:8080");
            serve(director, "-t", "[" + VIP6 + "]:81", LOCAL6, "[fd02::11]:8080");
            final String expected = server.run("sh", "-c", "sha256sum <" + file);

            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                assertEquals(expected, lab.named("far").run("sh", "-c",
                    "curl -gsf --max-time 60 http://" + vip + ":81/large | sha256sum"));
                assertEquals(expected, lab.named("far").run("curl", "-gsf", "--max-time", "60", "-H", "Expect:",
                    "--data-binary", "@" + file, "http://" + vip + ":81/"));
            }
        }
    }

    @Test
    void shouldEchoUdpOfEverySize() {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final Host server = lab.named("rs1");
            lab.keep(server.start("echo", "python3", "-u", "-c", """
                import socket
                s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                s.bind(('::', 7000))
                while True:
                    data, sender = s.recvfrom(4096)
                    s.sendto(data, sender)
                """));
            Await.until(10, "the echo server listens", () -> server.run("ss", "-uln").contains(":7000"));
            final RunningDirector director = started(lab);
            serve(director, "-u", VIP + ":7", LOCAL, "10.2.0.11:7000");
            serve(director, "-u", "[" + VIP6 + "]:7", LOCAL6, "[fd02::11]:7000");

            for (final String vip : new String[] {VIP, VIP6}) {
                final String answer = lab.named("far").run("python3", "-c", """
                    import socket, sys
                    s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                    s.settimeout(5)
                    s.connect((sys.argv[1], 7))
                    for size in list(range(0, 1452, 50)) + [1452, 2000, 3900]:
                        data = bytes(i & 255 for i in range(size))
                        s.send(data)
                        assert s.recv(4096) == data, size
                    print('echoed')
                    """, vip);
                assertTrue(answer.contains("echoed"), answer);
            }
        }
    }

    @Test
    void shouldTellTheServerWhoTheClientIs() {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final Host server = lab.named("rs1");
            final Program wire = lab.keep(server.start("wire", "python3", "-u", "-c", """
                import socket
                s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
                print('listening', flush=True)
                while True:
                    f, where = s.recvfrom(65535)
                    if where[2] == socket.PACKET_OUTGOING:
                        continue
                    v6 = f[12:14] == b'\\x86\\xdd'
                    t = 54 if v6 else 14 + (f[14] & 15) * 4
                    protocol = f[20] if v6 else f[23]
                    source = socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, f[22:38] if v6 else f[26:30])
                    if protocol == 6 and f[t + 12] >> 4 > 5 and f[t + 20] == 254:
                        o, kind = f[t + 20:], 'SYN' if f[t + 13] & 2 else 'ACK'
                    elif protocol == 17 and not v6 and f[14] & 15 > 5 and f[34] == 31:
                        o, kind = f[34:], 'UDP'
                    elif protocol == 248:
                        o, kind = f[t + 4:], 'OPP'
                    else:
                        continue
                    client = socket.inet_ntop(socket.AF_INET6 if v6 else socket.AF_INET, o[4:20] if v6 else o[4:8])
                    print(kind, 'from', source, 'client', client, int.from_bytes(o[2:4], 'big'), flush=True)
                """));
            Await.until(10, "the wire is read", () -> wire.output().contains("listening"));
            final RunningDirector director = started(lab);
            serve(director, "-t", VIP + ":80", LOCAL, "10.2.0.11:80");
            serve(director, "-t", "[" + VIP6 + "]:80", LOCAL6, "[fd02::11]:80");
            serve(director, "-u", VIP + ":7", LOCAL, "10.2.0.11:7000");
            final Host client = lab.named("far");

            client.run("curl", "-gsf", "--max-time", "5", "--local-port", "4444", "http://" + VIP + "/");
            client.run("curl", "-gsf", "--max-time", "5", "--local-port", "4445", "http://[" + VIP6 + "]/");
            for (final int form : new int[] {1, 2}) {
                assertEquals(0, director.command("set", "fullnat_uoa=" + form).status());
                client.run("python3", "-c", """
                    import socket, sys
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    s.bind(('', int(sys.argv[1])))
                    s.sendto(b'hello', ('10.1.0.100', 7))
                    """, Integer.toString(5000 + form));
            }

            for (final String line : new String[] {
                "SYN from 10.2.0.200 client 10.9.0.2 4444", "ACK from 10.2.0.200 client 10.9.0.2 4444",
                "SYN from fd02::200 client fd09::2 4445", "ACK from fd02::200 client fd09::2 4445",
                "UDP from 10.2.0.200 client 10.9.0.2 5001", "OPP from 10.2.0.200 client 10.9.0.2 5002"}) {
                Await.until(5, () -> "the server is told: " + line + "; it was told:\n" + wire.output(),
                    () -> wire.output().contains(line));
            }
        }
    }

    @Test
    void shouldSayWhatIsMissing() {
        try (Lab lab = new Lab()) {
            twoSegments(lab);
            final RunningDirector director = started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "10.2.0.11:80", "-b");

            assertEquals(28, lab.named("far").attempt("curl", "-s", "--max-time", "2", "http://" + VIP + "/").status());
            assertTrue(director.status().contains("DROP_NO_LOCAL_ADDRESS"), director.status());
            final Shell.Answer absent =
                director.attempt("--add-laddr", "-z", "10.2.0.222", "-t", VIP + ":80", "-F", "eth1");
            assertEquals(0, absent.status());
            assertTrue(absent.stderr().contains("10.2.0.222 is no address of this host"), absent.stderr());
            assertTrue(director.adm("-G", "-n").contains("NOT ON THIS HOST"));

            final String saved = director.adm("-Sn");
            director.adm("-C");
            assertEquals(0, director.attemptWithInput(saved, "-R").status());
            assertEquals(saved, director.adm("-Sn"));
            director.adm("--del-laddr", "-z", "10.2.0.222", "-t", VIP + ":80", "-F", "eth1");
            director.adm("--add-laddr", "-z", LOCAL, "-t", VIP + ":80", "-F", "eth1");
            assertEquals("rs1", lab.named("far").curl("http://" + VIP + "/"));
        }
    }

    private static void serve(
        final RunningDirector director, final String protocol, final String vip, final String local,
        final String... servers) {
        director.adm("-A", protocol, vip, "-s", "rr");
        for (final String server : servers) {
            director.adm("-a", protocol, vip, "-r", server, "-b");
        }
        director.adm("--add-laddr", "-z", local, protocol, vip, "-F", "eth1");
    }

    private static RunningDirector started(final Lab lab) {
        return RunningDirector.start(lab, lab.named("director"), "--interface", "eth0", "--interface", "eth1");
    }

    private static void twoSegments(final Lab lab) {
        lab.segment("front");
        lab.segment("back");
        lab.segment("remote");
        final Host router = lab.host("router");
        lab.plug(router, "eth0", "front", "10.1.0.254/24", "fd01::254/64");
        lab.plug(router, "eth1", "remote", "10.9.0.1/24", "fd09::1/64");
        routing(router);
        final Host far = lab.host("far");
        lab.plug(far, "eth0", "remote", "10.9.0.2/24", "fd09::2/64");
        far.run("ip", "route", "add", "default", "via", "10.9.0.1");
        far.run("ip", "-6", "route", "add", "default", "via", "fd09::1");
        final Host balancer = lab.host("director");
        // two queues, so two workers: answers come to the other one than the client's packets, too
        lab.plug(balancer, "eth0", 2, "front", "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        lab.plug(balancer, "eth1", 2, "back", "10.2.0.1/24", LOCAL + "/32", "fd02::1/64", LOCAL6 + "/128");
        routing(balancer);
        balancer.run("ip", "route", "add", "default", "via", "10.1.0.254");
        balancer.run("ip", "-6", "route", "add", "default", "via", "fd01::254");
        for (final String number : new String[] {"1", "2"}) {
            final Host server = lab.host("rs" + number);
            lab.plug(server, "eth0", "back", "10.2.0.1" + number + "/24", "fd02::1" + number + "/64");
            server.serveHttp();
        }
    }

    private static void routing(final Host host) {
        host.sysctl("net/ipv4/ip_forward", "1");
        host.sysctl("net/ipv6/conf/all/forwarding", "1");
    }
}
