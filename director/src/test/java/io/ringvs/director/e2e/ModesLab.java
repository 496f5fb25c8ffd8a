package io.ringvs.director.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A client, a director and a real server that serves by every forwarding method at once: it bears the virtual
 * addresses, takes packets out of tunnels, answers from those addresses past the director, and from its own ones
 * through it.
 *
 * <pre>
 *   client 10.1.0.2 -+- eth0 director eth1 -+- eth0 rs1 10.2.0.11
 *                    +- eth1 rs1            |
 *          "front"                        "back"
 * </pre>
 */
final class ModesLab {
    static final String VIP = "10.1.0.100";
    static final String VIP6 = "fd01::100";
    static final String SERVER = "10.2.0.11";
    static final String SERVER6 = "fd02::11";
    /** The director's, from which it speaks to FULLNAT servers. */
    private static final String LOCAL = "10.2.0.200";
    private static final String LOCAL6 = "fd02::200";
    /** Port of the real server's UDP echo. */
    static final int ECHO = 7000;
    /** What its {@link FileServer} gives. */
    static final int LARGE_BYTES = 100_000_000;

    /**
     * Echoes datagrams to its addresses. What an XDP program cannot take out of a tunnel, since the outer packet came
     * in fragments, comes whole by sockets of the tunnels: IP in IP, GRE and GUE.
     */
    private static final String ECHO_SERVER = """
        import select, socket, sys
        port, sockets, tunnels = int(sys.argv[1]), {}, {}
        for address in sys.argv[2:]:
            s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            s.setsockopt(socket.IPPROTO_IP, 10, 0)
            s.bind((address, port))
            sockets[address] = s
        for family, protocol in (socket.AF_INET, 4), (socket.AF_INET6, 41), (socket.AF_INET, 47), (socket.AF_INET6, 47):
            tunnels[socket.socket(family, socket.SOCK_RAW, protocol)] = (family, 4 if protocol == 47 else 0)
        gue = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        gue.bind(('::', 6080))
        tunnels[gue] = (None, 4)
        def unwrapped(data, family, header):
            data = data[header + ((data[0] & 15) * 4 if family == socket.AF_INET else 0):]
            version, ihl = data[0] >> 4, (data[0] & 15) * 4
            if version == 4:
                source, to, udp = data[12:16], data[16:20], data[ihl:]
            else:
                source, to, udp = data[8:24], data[24:40], data[40:]
            family = socket.AF_INET if version == 4 else socket.AF_INET6
            peer = (socket.inet_ntop(family, source), int.from_bytes(udp[0:2], 'big'))
            return socket.inet_ntop(family, to), peer, udp[8:]
        print('ready', flush=True)
        while True:
            for s in select.select(list(sockets.values()) + list(tunnels), [], [])[0]:
                data, peer = s.recvfrom(70000)
                try:
                    if s in tunnels:
                        if len(data) > 1400:
                            to, peer, data = unwrapped(data, *tunnels[s])
                            sockets[to].sendto(data, peer)
                    else:
                        s.sendto(data, peer)
                except Exception as e:
                    print(repr(e), flush=True)
        """;

    private ModesLab() {
    }

    /** Makes the hosts; the back segment takes frames of tunnels with full packets inside. */
    static Host make(final Lab lab, final int backMtu) {
        lab.segment("front");
        lab.segment("back");
        final Host client = lab.host("client");
        lab.plug(client, "eth0", "front", "10.1.0.2/24", "fd01::2/64");
        final Host balancer = lab.host("director");
        lab.plug(balancer, "eth0", "front", "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        plugBack(lab, balancer, backMtu, "10.2.0.1/24", "fd02::1/64");
        balancer.address("eth1", LOCAL + "/32");
        balancer.address("eth1", LOCAL6 + "/128");
        balancer.route();
        final Host server = lab.host("rs1");
        plugBack(lab, server, backMtu, SERVER + "/24", SERVER6 + "/64");
        lab.plug(server, "eth1", "front", "10.1.0.11/24", "fd01::11/64");
        bearVips(server);
        server.run("ip", "rule", "add", "from", SERVER, "table", "100");
        server.run("ip", "route", "add", "default", "via", "10.2.0.1", "table", "100");
        server.run("ip", "-6", "rule", "add", "from", SERVER6, "table", "100");
        server.run("ip", "-6", "route", "add", "default", "via", "fd02::1", "table", "100");
        return client;
    }

    /** What a host with a second leg on the clients' network does to be a real server. */
    static void bearVips(final Host server) {
        server.sysctl("net/ipv4/conf/all/rp_filter", "0");
        server.bearVip(VIP + "/32");
        server.bearVip(VIP6 + "/128");
    }

    /** Adds a service of the virtual address, which may have FULLNAT servers too. */
    static void service(final RunningDirector director, final String protocol, final String service) {
        director.adm("-A", protocol, service, "-s", "rr");
        director.adm("--add-laddr", "-z", service.startsWith("[") ? LOCAL6 : LOCAL, protocol, service, "-F", "eth1");
    }

    private static void plugBack(final Lab lab, final Host host, final int mtu, final String... addresses) {
        final String name = host.name().equals("director") ? "eth1" : "eth0";
        lab.plug(host, name, "back", addresses);
        mtu(lab, host, name, lab.lastCable(), mtu);
    }

    /** Sets the MTU of both ends of a cable. */
    static void mtu(final Lab lab, final Host host, final String interfaceName, final int cable, final int bytes) {
        lab.cableMtu(cable, bytes);
        host.run("ip", "link", "set", interfaceName, "mtu", Integer.toString(bytes));
    }

    static void serveEcho(final Lab lab, final Host server) {
        final Program echo = lab.keep(server.start("echo", "python3", "-u", "-c", ECHO_SERVER,
            Integer.toString(ECHO), VIP, VIP6, SERVER, SERVER6));
        Await.until(10, () -> "the echo server listens: " + echo.output(), () -> echo.output().contains("ready"));
    }

    static void unwrapTunnels(final Lab lab, final Host server) {
        final List<String> command = new ArrayList<>(RunningDirector.java("decap"));
        command.addAll(Arrays.asList("--interface", "eth0", "--vip", VIP, "--vip", VIP6));
        final Program decap = lab.keep(server.start("decap", command.toArray(String[]::new)));
        Await.until(30, () -> "it is attached; its output:\n" + decap.output(),
            () -> decap.output().contains("eth0: decapsulating in native mode"));
    }
}
