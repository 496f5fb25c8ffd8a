package io.ringvs.director.e2e;

import static io.ringvs.director.e2e.TwoSegments.VIP;
import static io.ringvs.director.e2e.TwoSegments.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
    private static final int LARGE_BYTES = 20 << 20;

    @Test
    void shouldTranslateTcpOfBothFamilies() {
        try (Lab lab = new Lab()) {
            make(lab);
            final RunningDirector director = RunningDirector.startBetween(lab);
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
    void shouldTransferEveryByteToAnotherPort() {
        try (Lab lab = new Lab()) {
            make(lab);
            final FileServer files = FileServer.start(lab, lab.named("rs1"), LARGE_BYTES);
            final RunningDirector director = RunningDirector.startBetween(lab);
            director.adm("-A", "-t", VIP + ":81", "-s", "rr");
            director.adm("-a", "-t", VIP + ":81", "-r", "10.2.0.11:8080", "-m");

            assertEquals(files.digest(), files.fetch(lab.named("far"), VIP + ":81"));
        }
    }

    @Test
    void shouldTranslateUdp() {
        try (Lab lab = new Lab()) {
            make(lab);
            UdpEcho.serve(lab, lab.named("rs1"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            director.adm("-A", "-u", VIP + ":7", "-s", "rr");
            director.adm("-a", "-u", VIP + ":7", "-r", "10.2.0.11:7000", "-m");
            director.adm("-A", "-u", "[" + VIP6 + "]:7", "-s", "rr");
            director.adm("-a", "-u", "[" + VIP6 + "]:7", "-r", "[fd02::11]:7000", "-m");

            for (final String vip : new String[] {VIP, VIP6}) {
                UdpEcho.check(lab.named("far"), vip, 7, 1452);
            }
        }
    }

    /** The real servers send their answers through the director; a client is on its own network, too. */
    private static void make(final Lab lab) {
        TwoSegments.make(lab, 1);
        lab.plug(lab.host("client"), "eth0", "front", "10.1.0.2/24", "fd01::2/64");
        for (final String name : new String[] {"rs1", "rs2"}) {
            lab.named(name).gateway("10.2.0.1", "fd02::1");
        }
    }
}
