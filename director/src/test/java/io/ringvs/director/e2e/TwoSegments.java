package io.ringvs.director.e2e;

/**
 * A director between clients and real servers that are on other networks.
 *
 * <pre>
 *   far client 10.9.0.2 - router 10.1.0.254 --- eth0 director eth1 --+-- rs1 10.2.0.11
 *                                                                    +-- rs2 10.2.0.12
 *            "remote"               "front"                     "back"
 * </pre>
 */
final class TwoSegments {
    static final String VIP = "10.1.0.100";
    static final String VIP6 = "fd01::100";

    private TwoSegments() {
    }

    /** Makes the hosts; the real servers serve HTTP, and know the way to their own network only. */
    static void make(final Lab lab, final int queues) {
        lab.segment("front");
        lab.segment("back");
        lab.segment("remote");
        final Host router = lab.host("router");
        lab.plug(router, "eth0", "front", "10.1.0.254/24", "fd01::254/64");
        lab.plug(router, "eth1", "remote", "10.9.0.1/24", "fd09::1/64");
        router.route();
        final Host far = lab.host("far");
        lab.plug(far, "eth0", "remote", "10.9.0.2/24", "fd09::2/64");
        far.gateway("10.9.0.1", "fd09::1");
        final Host balancer = lab.host("director");
        lab.plug(balancer, "eth0", queues, "front", "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        lab.plug(balancer, "eth1", queues, "back", "10.2.0.1/24", "fd02::1/64");
        balancer.route();
        balancer.gateway("10.1.0.254", "fd01::254");
        for (final String number : new String[] {"1", "2"}) {
            final Host server = lab.host("rs" + number);
            lab.plug(server, "eth0", "back", "10.2.0.1" + number + "/24", "fd02::1" + number + "/64");
            server.serveHttp();
        }
    }
}
