package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** VLAN interfaces as ways out and in. */
class EgressTest {
    private static final int UP = 0x41;
    private static final int DOWN = 0;
    private static final int ETHERNET = 1;
    private static final MacAddress MAC = MacAddress.of(new byte[] {2, 0, 0, 0, 0, 1});
    private static final MacAddress OTHER_MAC = MacAddress.of(new byte[] {2, 0, 0, 0, 0x42, 0x42});
    private static final MacAddress NEIGHBOUR_MAC =
        MacAddress.of(new byte[] {2, (byte)0xaa, (byte)0xbb, (byte)0xcc, (byte)0xdd, 0x42});
    private static final int PHYSICAL = 3;
    private static final int PROVIDER_VLAN = 4;
    private static final int INNER_VLAN = 5;
    private static final long PROVIDER_TAG = 0x0700_a888L;
    private static final long BOTH_TAGS = 0x2a00_0081_0700_a888L;
    private static final IpAddress SERVER = IpAddress.parse("10.42.0.2");

    private final HostState state = new HostState();

    @BeforeEach
    void twoVlans() {
        state.add(new Link(PHYSICAL, "d0", MAC, 1500, UP, ETHERNET, "veth", 99, 0, 0, 0));
        vlan(PROVIDER_VLAN, MAC, 1496, UP, PHYSICAL, 0x88a8, 7);
        vlan(INNER_VLAN, OTHER_MAC, 1400, UP, PROVIDER_VLAN, 0x8100, 42);
    }

    private void vlan(
        final int index, final MacAddress mac, final int mtu, final int flags, final int parent, final int protocol,
        final int id) {
        state.add(new Link(index, "v" + index, mac, mtu, flags, ETHERNET, "vlan", parent, 0, protocol, id));
    }

    @Test
    void shouldPutLowerTagFirst() {
        assertEquals(new Egress(PHYSICAL, Adjacency.NO_TAGS), state.egress(state.link(PHYSICAL)));
        assertEquals(new Egress(PHYSICAL, PROVIDER_TAG), state.egress(state.link(PROVIDER_VLAN)),
            "88a8 0007 as a little-endian machine loads it");
        assertEquals(new Egress(PHYSICAL, BOTH_TAGS), state.egress(state.link(INNER_VLAN)), "88a8 0007, 8100 002a");
    }

    @Test
    void shouldRefuseThreeTagsAndMissingParents() {
        vlan(6, MAC, 1500, UP, INNER_VLAN, 0x8100, 3);
        assertNull(state.egress(state.link(6)));
        vlan(7, MAC, 1500, UP, 1234, 0x8100, 3);
        assertNull(state.egress(state.link(7)));
        vlan(8, MAC, 1500, UP, 8, 0x8100, 3);
        assertNull(state.egress(state.link(8)), "a loop, which no kernel makes");
    }

    @Test
    void shouldLeadToTheInterfaceBelowWithMacAndMtuOfTheVlan() {
        final RouteLookup route = route(INNER_VLAN);
        assertEquals(Outcome.FORWARD, route.outcome());
        assertEquals(INNER_VLAN, route.interfaceIndex(), "the kernel asks for the neighbour there");
        state.add(new Neighbour(new Neighbour.Key(INNER_VLAN, SERVER), Neighbour.STATE_PERMANENT, NEIGHBOUR_MAC));

        final Link link = state.link(route.interfaceIndex());
        final Adjacency way = Adjacencies.of(
            route, link, state.egress(link), state.neighbour(new Neighbour.Key(INNER_VLAN, SERVER)));

        assertEquals(Adjacency.State.RESOLVED, way.state);
        assertEquals(PHYSICAL, way.interfaceIndex);
        assertEquals(BOTH_TAGS, way.tags);
        assertEquals(14 + 8, way.linkLength);
        assertEquals(1400, way.mtu);
        assertEquals("02:aa:bb:cc:dd:42 02:00:00:00:42:42", HostFixture.macs(way));
    }

    @Test
    void shouldBeAnotherWayGivenAnotherNumber() {
        final Link link = state.link(PROVIDER_VLAN);
        final Adjacency before = Adjacencies.of(route(PROVIDER_VLAN), link, state.egress(link), null);
        vlan(PROVIDER_VLAN, MAC, 1496, UP, PHYSICAL, 0x88a8, 8);
        final Link changed = state.link(PROVIDER_VLAN);
        assertFalse(Adjacencies.same(
            before, Adjacencies.of(route(PROVIDER_VLAN), changed, state.egress(changed), null)));
    }

    @Test
    void shouldListVlansThatAreUp() {
        assertEquals(Map.of(PROVIDER_TAG, state.link(PROVIDER_VLAN), BOTH_TAGS, state.link(INNER_VLAN)),
            state.vlansOn(PHYSICAL));
        assertEquals(Map.of(), state.vlansOn(PROVIDER_VLAN));

        vlan(INNER_VLAN, OTHER_MAC, 1400, DOWN, PROVIDER_VLAN, 0x8100, 42);
        assertEquals(Map.of(PROVIDER_TAG, state.link(PROVIDER_VLAN)), state.vlansOn(PHYSICAL));
    }

    private RouteLookup route(final int interfaceIndex) {
        final RouteTables tables = new RouteTables();
        tables.main(SERVER.family()).addDumped(new Route(IpAddress.parse("10.42.0.0"), 24, Route.TABLE_MAIN,
            Route.Type.UNICAST, 0, 2, 253, List.of(new NextHop(interfaceIndex, null, 1, false, false)), null, 0));
        state.routes(tables);
        return new RouteSelection(state).lookup(SERVER);
    }
}
