package io.ringvs.director.e2e;

import static io.ringvs.director.e2e.ModesLab.SERVER;
import static io.ringvs.director.e2e.ModesLab.SERVER6;
import static io.ringvs.director.e2e.ModesLab.VIP;
import static io.ringvs.director.e2e.ModesLab.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Clients learn what fits through tunnels that are narrower than their own link, and their transfers complete. */
class PathMtuIT {
    private static final String FAR = "10.3.0.11";

    /** The director's own link to the real servers is the narrow one. */
    @Test
    void shouldTellClientsWhatFitsInsideTheTunnel() {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, 1400);
            final FileServer files = FileServer.start(lab, lab.named("rs1"), ModesLab.LARGE_BYTES);
            ModesLab.unwrapTunnels(lab, lab.named("rs1"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                final String service = vip + ":" + FileServer.PORT;
                final String server = (vip.equals(VIP) ? SERVER : "[" + SERVER6 + "]") + ":" + FileServer.PORT;
                director.adm("-A", "-t", service, "-s", "rr");
                director.adm("-a", "-t", service, "-r", server, "-i");

                assertEquals(files.digest(), files.upload(client, service));
            }
            assertTrue(client.run("ip", "route", "get", VIP).contains("mtu 1380"),
                client.run("ip", "route", "get", VIP));
            assertTrue(client.run("ip", "-6", "route", "get", VIP6).contains("mtu 1360"));
        }
    }

    /**
     * A router on the way is what finds tunnel packets too big:
     *
     * <pre>
     *   client - front - director - back (1600) - router - narrow (1400) - rs1, which answers past the director
     * </pre>
     */
    @Test
    void shouldPassOnWhatARouterTellsOfTheTunnel() {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, 1600);
            final Host router = lab.host("router");
            lab.segment("narrow");
            lab.plug(router, "eth0", "back", "10.2.0.254/24");
            ModesLab.mtu(lab, router, "eth0", lab.lastCable(), 1600);
            lab.plug(router, "eth1", "narrow", "10.3.0.1/24");
            ModesLab.mtu(lab, router, "eth1", lab.lastCable(), 1400);
            router.sysctl("net/ipv4/ip_forward", "1");
            final Host far = lab.host("far");
            lab.plug(far, "eth0", "narrow", FAR + "/24");
            lab.plug(far, "eth1", "front", "10.1.0.12/24");
            ModesLab.bearVips(far);
            lab.named("director").run("ip", "route", "add", "10.3.0.0/24", "via", "10.2.0.254");
            final FileServer files = FileServer.start(lab, far, ModesLab.LARGE_BYTES);
            ModesLab.unwrapTunnels(lab, far);
            final RunningDirector director = RunningDirector.startBetween(lab);
            final String service = VIP + ":" + FileServer.PORT;
            final String server = FAR + ":" + FileServer.PORT;
            director.adm("-A", "-t", service, "-s", "rr");
            for (final String tunnel : new String[] {"ipip", "gue --tun-port 6080", "gre"}) {
                client.run("ip", "route", "flush", "cache");
                director.adm(("-a -t " + service + " -r " + server + " -i --tun-type " + tunnel).split(" "));

                assertEquals(files.digest(), files.upload(client, service), tunnel);

                final int outer = tunnel.equals("ipip") ? 20 : tunnel.equals("gre") ? 24 : 32;
                final String route = client.run("ip", "route", "get", VIP);
                assertTrue(route.contains("mtu " + (1400 - outer)), tunnel + ": " + route);
                director.adm("-d", "-t", service, "-r", server);
            }
        }
    }
}
