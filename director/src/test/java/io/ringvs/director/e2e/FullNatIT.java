package io.ringvs.director.e2e;

import static io.ringvs.director.e2e.TwoSegments.VIP;
import static io.ringvs.director.e2e.TwoSegments.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    private static final String LOCAL = "10.2.0.200";
    private static final String LOCAL6 = "fd02::200";
    private static final int LARGE_BYTES = 12 << 20;

    @Test
    void shouldReachServersThatKnowNoWayToTheClient() {
        try (Lab lab = new Lab()) {
            make(lab);
            final RunningDirector director = RunningDirector.startBetween(lab);
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
    void shouldTransferEveryByteBothWaysWithSeveralWorkers() {
        try (Lab lab = new Lab()) {
            make(lab);
            final FileServer files = FileServer.start(lab, lab.named("rs1"), LARGE_BYTES);
            final RunningDirector director = RunningDirector.startBetween(lab);
            serve(director, "-t", VIP + ":81", LOCAL, "10.2.0.11:8080");
            serve(director, "-t", "[" + VIP6 + "]:81", LOCAL6, "[fd02::11]:8080");

            for (final String service : new String[] {VIP + ":81", "[" + VIP6 + "]:81"}) {
                assertEquals(files.digest(), files.fetch(lab.named("far"), service), service);
                assertEquals(files.digest(), files.upload(lab.named("far"), service), service);
            }
        }
    }

    @Test
    void shouldEchoUdpOfEverySize() {
        try (Lab lab = new Lab()) {
            make(lab);
            UdpEcho.serve(lab, lab.named("rs1"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            serve(director, "-u", VIP + ":7", LOCAL, "10.2.0.11:7000");
            serve(director, "-u", "[" + VIP6 + "]:7", LOCAL6, "[fd02::11]:7000");

            for (final String vip : new String[] {VIP, VIP6}) {
                UdpEcho.check(lab.named("far"), vip, 7, 1452, 2000, 3900);
            }
        }
    }

    @Test
    void shouldTellTheServerWhoTheClientIs() {
        try (Lab lab = new Lab()) {
            make(lab);
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
            final RunningDirector director = RunningDirector.startBetween(lab);
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
            make(lab);
            final RunningDirector director = RunningDirector.startBetween(lab);
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

    private static void make(final Lab lab) {
        // two queues, so two workers: answers come to the other one than the client's packets, too
        TwoSegments.make(lab, 2);
        lab.named("director").address("eth1", LOCAL + "/32");
        lab.named("director").address("eth1", LOCAL6 + "/128");
    }
}
