package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against the kernel, in network namespaces: needs root and iproute2. */
class HostViewTest {
    private final HostFixture fixture = new HostFixture();

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    @Test
    void shouldReadManyNeighboursOverSeveralDatagrams() {
        fixture.director.ipBatch(neighbours(1000));

        try (HostView another = fixture.director.inside(HostView::open)) {
            assertTrue(another.neighbourCount() >= 1000, "neighbours: " + another.neighbourCount());
            final Neighbour last = another.neighbour(
                new Neighbour.Key(another.link("d0").index(), IpAddress.parse("10.10.3.231")));
            assertEquals("02:aa:00:00:03:e7", last.mac().toString());
        }
    }

    @Test
    void shouldReadAllAgainGivenAnnouncementsWereLost() {
        fixture.host.monitor().queueBytes(2304);
        final int before = fixture.host.neighbourCount();

        fixture.director.ipBatch(neighbours(500));
        fixture.settle();

        assertEquals(2, fixture.host.fullReads());
        assertTrue(fixture.host.neighbourCount() >= before + 500, "neighbours: " + fixture.host.neighbourCount());
    }

    @Test
    void shouldFollowRouteAddedReplacedAndRemoved() {
        assertEquals(Outcome.NO_ROUTE, fixture.lookup("198.51.100.1").outcome());

        fixture.director.ip("route add 198.51.100.0/24 via 10.9.0.2");
        fixture.settle();
        assertEquals("10.9.0.2", fixture.lookup("198.51.100.1").nextHop().toString());

        fixture.director.ip("route replace 198.51.100.0/24 via 10.9.0.3 src 10.9.0.1");
        fixture.settle();
        assertEquals("10.9.0.3", fixture.lookup("198.51.100.1").nextHop().toString());

        fixture.director.ip("route add 198.51.100.0/25 via 10.9.0.4");
        fixture.settle();
        assertEquals("10.9.0.4", fixture.lookup("198.51.100.1").nextHop().toString());
        assertEquals("10.9.0.3", fixture.lookup("198.51.100.200").nextHop().toString());

        fixture.director.ip("route del 198.51.100.0/24");
        fixture.settle();
        assertEquals(Outcome.NO_ROUTE, fixture.lookup("198.51.100.200").outcome());
        assertEquals(0, fixture.host.routeReads(), "every change was announced");
    }

    @Test
    void shouldPreferLowerMetricAndFallBackToHigher() {
        fixture.director.ip("route add 198.51.100.0/24 via 10.9.0.3 metric 200");
        fixture.director.ip("route add 198.51.100.0/24 via 10.9.0.2 metric 100");
        fixture.settle();
        assertEquals("10.9.0.2", fixture.lookup("198.51.100.1").nextHop().toString());

        fixture.director.ip("route del 198.51.100.0/24 metric 100");
        fixture.settle();
        assertEquals("10.9.0.3", fixture.lookup("198.51.100.1").nextHop().toString());
    }

    @Test
    void shouldForgetRoutesThatTheKernelRemovesSilently() {
        fixture.director.ip("link add d1 type veth peer name p1");
        fixture.director.ipBatch(List.of(
            "link set d1 up", "link set p1 up", "addr add 10.8.0.1/24 dev d1",
            "route add 198.51.100.0/24 via 10.8.0.2", "route add default via 10.9.0.2"));
        fixture.settle();
        assertEquals("10.8.0.2", fixture.lookup("198.51.100.1").nextHop().toString());

        fixture.director.ip("link set d1 down");
        fixture.settle();

        assertEquals("10.9.0.2", fixture.lookup("198.51.100.1").nextHop().toString());
        fixture.director.ip("link del d1");
        fixture.settle();
        assertNull(fixture.host.link("d1"));
    }

    @Test
    void shouldRejectWhatOperatorRejects() {
        for (final String type : List.of("unreachable", "blackhole", "prohibit")) {
            fixture.director.ip("route replace " + type + " 198.51.100.0/24");
            fixture.director.ip("-6 route replace " + type + " 2001:db8::/32");
            fixture.settle();
            assertEquals(Outcome.REJECTED, fixture.lookup("198.51.100.1").outcome(), type);
            assertEquals(Outcome.REJECTED, fixture.lookup("2001:db8::1").outcome(), type);
        }
        assertEquals(Outcome.NOT_UNICAST, fixture.lookup("10.9.0.255").outcome());
        assertEquals(Outcome.NOT_UNICAST, fixture.lookup("ff02::1").outcome());
    }

    @Test
    void shouldSpreadDestinationsOverNextHopsAndMoveOnlyThoseOfALostOne() {
        fixture.director.ip("route add 198.51.0.0/16 nexthop via 10.9.0.2 weight 1 nexthop via 10.9.0.3 weight 3");
        fixture.settle();
        final Map<String, Integer> shares = new HashMap<>();
        final Map<String, IpAddress> before = new HashMap<>();
        for (int i = 0; i < 2000; i++) {
            final String destination = "198.51." + i / 250 + "." + (i % 250 + 1);
            before.put(destination, fixture.lookup(destination).nextHop());
            shares.merge(before.get(destination).toString(), 1, Integer::sum);
        }
        assertTrue(Math.abs(shares.get("10.9.0.2") - 500) < 100, "shares of 1 : 3 in 2000: " + shares);

        fixture.director.ip("route replace 198.51.0.0/16 nexthop via 10.9.0.4 weight 1 nexthop via 10.9.0.3 weight 3");
        fixture.settle();
        before.forEach((destination, hop) -> {
            final IpAddress now = fixture.lookup(destination).nextHop();
            assertNotEquals("10.9.0.2", now.toString());
            assertTrue(!hop.toString().equals("10.9.0.3") || now.equals(hop) || now.toString().equals("10.9.0.4"));
        });
        fixture.director.ip("route replace 198.51.0.0/16 nexthop via 10.9.0.2 weight 1 nexthop via 10.9.0.3 weight 3");
        fixture.settle();
        before.forEach((destination, hop) -> assertEquals(hop, fixture.lookup(destination).nextHop(), destination));

        fixture.director.ip("route replace 198.51.0.0/16 via 10.9.0.3");
        fixture.settle();
        before.keySet().forEach(
            (destination) -> assertEquals("10.9.0.3", fixture.lookup(destination).nextHop().toString()));
    }

    @Test
    void shouldPreferNextHopWhoseLinkHasCarrier() {
        fixture.director.ip("link add d1 type veth peer name p1");
        fixture.director.ipBatch(List.of(
            "link set d1 up", "link set p1 up", "addr add 10.8.0.1/24 dev d1",
            "route add 198.51.100.0/24 nexthop via 10.8.0.2 nexthop via 10.9.0.2"));
        fixture.director.ip("link set p1 down");
        fixture.settle();
        fixture.await("d1 has no carrier", () -> !fixture.host.link("d1").isRunning());

        for (int i = 1; i < 50; i++) {
            assertEquals("10.9.0.2", fixture.lookup("198.51.100." + i).nextHop().toString());
        }
    }

    @Test
    void shouldFollowIpv6RouteThatGainsAndLosesNextHops() {
        fixture.director.ip("-6 route add 2001:db8::/32 via fd09::2");
        fixture.director.ip("-6 route append 2001:db8::/32 via fd09::3");
        fixture.settle();
        assertEquals(List.of("fd09::2", "fd09::3"), nextHopsSeen("2001:db8::"));

        fixture.director.ip("-6 route del 2001:db8::/32 via fd09::2");
        fixture.skippedNs += 1_000_000_000L; // past the rest between two readings of the routes
        fixture.settle();
        assertEquals(List.of("fd09::3"), nextHopsSeen("2001:db8::"));
    }

    @Test
    void shouldNameBridgeOfPort() {
        fixture.director.ip("link add b0 type bridge");
        fixture.director.ip("link add d1 type veth peer name p1");
        fixture.director.ip("link set d1 master b0");
        fixture.settle();
        assertEquals(fixture.host.link("b0").index(), fixture.host.link("d1").masterIndex());
        assertEquals("bridge", fixture.host.link("b0").kind());

        fixture.director.ip("link set d1 nomaster");
        fixture.settle();
        assertEquals(0, fixture.host.link("d1").masterIndex());
    }

    @Test
    void shouldChooseSourceInSubnetOfNextHop() {
        fixture.director.ipBatch(List.of(
            "addr add 10.7.0.1/24 dev d0", "route add 198.51.100.0/24 via 10.7.0.2",
            "route add 203.0.113.0/24 via 10.7.0.2 src 10.9.0.1", "route add 2001:db8::/32 via fe80::1 dev d0"));
        fixture.settle();

        assertEquals("10.7.0.1", fixture.lookup("198.51.100.1").source().toString());
        assertEquals("10.9.0.1", fixture.lookup("203.0.113.1").source().toString());
        assertEquals("fd09::1", fixture.lookup("2001:db8::1").source().toString());
        assertTrue(fixture.host.isLocal(IpAddress.parse("10.7.0.1")));
        assertFalse(fixture.host.isLocal(IpAddress.parse("10.7.0.2")));
    }

    private List<String> nextHopsSeen(final String prefix) {
        final List<String> seen = new ArrayList<>();
        for (int i = 1; i < 200; i++) {
            final String hop = fixture.lookup(prefix + Integer.toHexString(i)).nextHop().toString();
            if (!seen.contains(hop)) {
                seen.add(hop);
            }
        }
        seen.sort(null);
        return seen;
    }

    private static List<String> neighbours(final int count) {
        final List<String> commands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            commands.add(String.format(
                "neigh add 10.10.%d.%d lladdr 02:aa:00:00:%02x:%02x dev d0 nud permanent",
                i >> 8, i & 255, i >> 8, i & 255));
        }
        return commands;
    }
}
