package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Adjacency.State;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against the kernel, in network namespaces: needs root and iproute2. */
class AdjacencyResolverTest {
    private static final String NEW_MAC = "02:00:00:00:00:22";

    private final HostFixture fixture = new HostFixture();

    @AfterEach
    void tearDown() {
        fixture.close();
    }

    @Test
    void shouldResolveAtOnceGivenPermanentNeighbour() {
        fixture.director.ip("neigh add 10.9.0.7 lladdr 02:aa:bb:cc:dd:ee dev d0 nud permanent");
        fixture.settle();

        fixture.watch("10.9.0.7");

        final Adjacency adjacency = fixture.adjacency("10.9.0.7");
        assertEquals(State.RESOLVED, adjacency.state);
        assertEquals(0x0002_eeddccbbaa02L, adjacency.macWord, "little-endian: 02aabbccddee 0200");
        assertEquals(0x01000000, adjacency.macTail);
        assertEquals(fixture.host.link("d0").index(), adjacency.interfaceIndex);
        assertEquals(1500, adjacency.mtu);
        assertEquals(0, fixture.host.neighbourRequests());
        assertEquals("10.9.0.7 is reached by 10.9.0.7 on d0 at 02:aa:bb:cc:dd:ee", describe("10.9.0.7"));
    }

    @Test
    void shouldMakeKernelAskGivenUnknownNeighbour() {
        fixture.watch("10.9.0.2");
        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.2").state);

        fixture.awaitState("10.9.0.2", State.RESOLVED);

        assertEquals(
            HostFixture.SERVER_MAC + " " + HostFixture.DIRECTOR_MAC, HostFixture.macs(fixture.adjacency("10.9.0.2")));
        assertEquals(1, fixture.host.neighbourRequests());
    }

    @Test
    void shouldMakeKernelAskGivenUnknownIpv6Neighbour() {
        fixture.watch("fd09::2");

        fixture.awaitState("fd09::2", State.RESOLVED);

        assertEquals(
            HostFixture.SERVER_MAC + " " + HostFixture.DIRECTOR_MAC, HostFixture.macs(fixture.adjacency("fd09::2")));
    }

    @Test
    void shouldAskOncePerSecondGivenNeighbourDoesNotAnswer() {
        fixture.watch("10.9.0.99");
        for (int i = 0; i < 20; i++) {
            fixture.skippedNs += AdjacencyResolver.ASK_INTERVAL_NS / 10;
            fixture.settle();
        }

        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.99").state);
        assertTrue(fixture.host.neighbourRequests() >= 2 && fixture.host.neighbourRequests() <= 4,
            "requests in a bit more than two seconds: " + fixture.host.neighbourRequests());
        assertEquals(
            "10.9.0.99 cannot be reached yet: 10.9.0.99 on d0 has not answered with its Ethernet address",
            describe("10.9.0.99"));
    }

    @Test
    void shouldKeepFailedNeighbourUnresolvedUntilItAnswers() {
        fixture.director.sysctl("net/ipv4/neigh/d0/retrans_time_ms", "50");
        fixture.watch("10.9.0.3");
        fixture.await("the kernel gives up", () -> fixture.neighbour("10.9.0.3") != null
            && fixture.neighbour("10.9.0.3").state() == Neighbour.STATE_FAILED);
        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.3").state);

        fixture.server.ip("addr add 10.9.0.3/24 dev r0");

        fixture.awaitState("10.9.0.3", State.RESOLVED);
    }

    @Test
    void shouldBeUnresolvedAgainGivenNeighbourFails() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.server.ip("link set r0 arp off");
        fixture.director.ip("neigh change 10.9.0.2 dev d0 nud failed");

        assertTrue(fixture.settle());
        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.2").state);
    }

    @Test
    void shouldAskAtOnceGivenAnsweredNeighbourGotLost() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.director.ip("neigh flush dev d0");
        fixture.settle();

        assertEquals(2, fixture.host.neighbourRequests(), "the clock has not moved, and yet it is asked for again");
    }

    @Test
    void shouldFollowMacGivenGratuitousArp() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
        fixture.server.sysctl("net/ipv4/conf/r0/arp_notify", "1");

        fixture.server.ip("link set r0 address " + NEW_MAC);

        fixture.await("the new MAC is known", () -> hasMac("10.9.0.2", NEW_MAC));
        assertEquals(1, fixture.host.neighbourRequests(), "nobody had to ask");
    }

    @Test
    void shouldFindNewMacOfSilentServerGivenEntryWentStale() {
        fixture.director.sysctl("net/ipv4/neigh/d0/delay_first_probe_time", "1");
        fixture.director.sysctl("net/ipv4/neigh/d0/retrans_time_ms", "100");
        fixture.director.sysctl("net/ipv4/neigh/d0/ucast_solicit", "1");
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
        fixture.server.ip("link set r0 address " + NEW_MAC);
        fixture.director.ip("neigh change 10.9.0.2 dev d0 nud stale");
        fixture.settle();
        assertTrue(hasMac("10.9.0.2", HostFixture.SERVER_MAC), "nothing told of the change yet");

        fixture.skippedNs += AdjacencyResolver.CONFIRM_INTERVAL_NS;

        fixture.await("the new MAC is known", () -> hasMac("10.9.0.2", NEW_MAC));
    }

    @Test
    void shouldConfirmStaleNeighbourAtMostEveryThirtySeconds() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
        for (int second = 0; second < 65; second += 5) {
            fixture.director.ip("neigh change 10.9.0.2 dev d0 nud stale");
            fixture.skippedNs += 5 * AdjacencyResolver.ASK_INTERVAL_NS;
            fixture.settle();
        }

        assertEquals(1 + 2, fixture.host.neighbourRequests(), "to resolve once, to confirm after 30 s and 60 s");
    }

    @Test
    void shouldNotReportChangeGivenNeighbourOnlyGoesStale() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
        final Adjacency before = fixture.adjacency("10.9.0.2");

        fixture.director.ip("neigh change 10.9.0.2 dev d0 nud stale");

        assertFalse(fixture.settle());
        assertEquals(Neighbour.STATE_STALE, fixture.neighbour("10.9.0.2").state());
        assertSame(before, fixture.adjacency("10.9.0.2"));
    }

    @Test
    void shouldNotReportChangeGivenItConcernsOthers() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.director.ip("route add 10.77.0.0/16 via 10.9.0.9");
        fixture.director.ip("neigh add 10.9.0.50 lladdr 02:aa:bb:cc:dd:ee dev d0 nud permanent");
        fixture.director.ip("link add other type veth peer name other2");

        assertFalse(fixture.settle());
        assertEquals(Outcome.FORWARD, fixture.lookup("10.77.1.1").outcome());
    }

    @Test
    void shouldFollowLinkDownAndUp() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.director.ip("link set d0 down");
        assertTrue(fixture.settle());
        assertEquals(State.UNREACHABLE, fixture.adjacency("10.9.0.2").state);

        fixture.director.ip("link set d0 up");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
    }

    @Test
    void shouldBeUnreachableGivenCarrierIsLost() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.server.ip("link set r0 down");
        fixture.awaitState("10.9.0.2", State.UNREACHABLE);
        assertEquals("10.9.0.2 is routed to an interface without carrier", describe("10.9.0.2"));

        fixture.server.ip("link set r0 up");
        fixture.awaitState("10.9.0.2", State.RESOLVED);
    }

    @Test
    void shouldFollowOwnMac() {
        fixture.watch("10.9.0.2");
        fixture.awaitState("10.9.0.2", State.RESOLVED);

        fixture.director.ip("link set d0 address 02:00:00:00:00:11");

        fixture.await("the source MAC is the new one", () -> HostFixture.macs(fixture.adjacency("10.9.0.2"))
            .equals(HostFixture.SERVER_MAC + " 02:00:00:00:00:11"));
    }

    @Test
    void shouldUseGatewayOfDefaultRoute() {
        fixture.watch("198.51.100.1", "2001:db8::1");
        assertEquals(State.UNREACHABLE, fixture.adjacency("198.51.100.1").state);
        assertEquals("198.51.100.1 has no route", describe("198.51.100.1"));

        fixture.director.ip("route add default via 10.9.0.2");
        fixture.director.ip("-6 route add default via fd09::2");

        fixture.awaitState("198.51.100.1", State.RESOLVED);
        fixture.awaitState("2001:db8::1", State.RESOLVED);
        assertEquals("198.51.100.1 is reached by 10.9.0.2 on d0 at 02:00:00:00:00:02", describe("198.51.100.1"));
        assertEquals(HostFixture.SERVER6, fixture.lookup("2001:db8::1").nextHop());
    }

    @Test
    void shouldUseLinkLocalIpv6GatewayForBothFamilies() {
        fixture.director.ip("-6 route add default via fe80::ff:fe00:2 dev d0");
        fixture.director.ip("route add 198.51.100.0/24 via inet6 fe80::ff:fe00:2 dev d0");
        fixture.settle();

        fixture.watch("2001:db8::1", "198.51.100.1");

        fixture.awaitState("2001:db8::1", State.RESOLVED);
        fixture.awaitState("198.51.100.1", State.RESOLVED);
        assertEquals("10.9.0.1", fixture.lookup("198.51.100.1").source().toString());
    }

    @Test
    void shouldTellOwnAddressFromRealServers() {
        fixture.watch("10.9.0.1", "10.9.0.44", "fd09::1", "127.8.8.8");
        assertEquals(State.LOCAL, fixture.adjacency("10.9.0.1").state);
        assertEquals(State.LOCAL, fixture.adjacency("fd09::1").state);
        assertEquals(State.LOCAL, fixture.adjacency("127.8.8.8").state);
        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.44").state);

        fixture.director.ip("addr add 10.9.0.44/32 dev lo");
        assertTrue(fixture.settle());
        assertEquals(State.LOCAL, fixture.adjacency("10.9.0.44").state);

        fixture.director.ip("addr del 10.9.0.44/32 dev lo");
        assertTrue(fixture.settle());
        assertEquals(State.UNRESOLVED, fixture.adjacency("10.9.0.44").state);
    }

    @Test
    void shouldFollowMtuOfLinkAndRoute() {
        fixture.director.ip("neigh add 10.9.0.2 lladdr 02:aa:bb:cc:dd:ee dev d0 nud permanent");
        fixture.settle();
        fixture.watch("10.9.0.2");

        fixture.director.ip("link set d0 mtu 1400");
        assertTrue(fixture.settle());
        assertEquals(1400, fixture.adjacency("10.9.0.2").mtu);

        fixture.director.ip("route add 10.9.0.2/32 dev d0 mtu 1280");
        assertTrue(fixture.settle());
        assertEquals(1280, fixture.adjacency("10.9.0.2").mtu);
        assertEquals(State.RESOLVED, fixture.adjacency("10.9.0.2").state);
    }

    @Test
    void shouldForgetDestinationsNoLongerWatched() {
        fixture.watch("10.9.0.2");
        fixture.watch("10.9.0.1");

        assertThrows(IllegalArgumentException.class, () -> fixture.adjacency("10.9.0.2"));
    }

    private boolean hasMac(final String destination, final String mac) {
        final Adjacency adjacency = fixture.adjacency(destination);
        return adjacency.state == State.RESOLVED && HostFixture.macs(adjacency).startsWith(mac);
    }

    private String describe(final String destination) {
        return fixture.resolver.describe(IpAddress.parse(destination));
    }
}
