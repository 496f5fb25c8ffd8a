package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.junit.jupiter.api.Test;

class ClientWayCompilerTest {
    private static final MacAddress OWN = MacAddress.of(new byte[] {2, 0, 0, 0, 0, 1});
    private static final MacAddress GATEWAY = MacAddress.of(new byte[] {2, 0, 0, 0, 1, 1});
    private static final MacAddress NEIGHBOUR = MacAddress.of(new byte[] {2, 0, 0, 0, 1, 2});

    private final DescribedHost host = new DescribedHost();

    ClientWayCompilerTest() {
        host.addInterface(1, "eth0", OWN, 1500);
        host.addAddress(1, IpAddress.parse("10.1.0.1"), 24);
        host.addRoute(IpAddress.parse("0.0.0.0"), 0, IpAddress.parse("10.1.0.254"), 1);
        host.addPermanentNeighbour(1, IpAddress.parse("10.1.0.254"), GATEWAY);
    }

    @Test
    void shouldLeadFarClientsToTheGateway() {
        final Adjacency way = find("192.0.2.1");

        assertEquals(Adjacency.State.RESOLVED, way.state);
        assertEquals(0x0002_0101_0000_0002L, way.macWord);
        assertEquals(1500, way.mtu);
        assertNull(find("2001:db8::1"));
    }

    @Test
    void shouldKnowNeighboursAndAskForOthers() {
        assertEquals(Adjacency.State.UNRESOLVED, find("10.1.0.2").state);

        host.learn(1, IpAddress.parse("10.1.0.2"), NEIGHBOUR);

        assertEquals(0x0002_0201_0000_0002L, find("10.1.0.2").macWord);
        assertEquals(Adjacency.State.UNRESOLVED, find("10.1.0.3").state);
    }

    @Test
    void shouldKeepOwnAddressesLocalGivenMoreSpecificRoutes() {
        host.addLocalPrefix(IpAddress.parse("10.7.0.0"), 16);
        host.addRoute(IpAddress.parse("10.7.1.0"), 24, IpAddress.parse("10.1.0.254"), 1);

        assertEquals(Adjacency.State.LOCAL, find("10.1.0.1").state);
        assertEquals(Adjacency.State.LOCAL, find("10.7.1.1").state);
    }

    private Adjacency find(final String text) {
        final IpAddress address = IpAddress.parse(text);
        final ClientWays ways = host.clientWays();
        return ways.find(address.family() == Family.IPV6, address.word0(), address.word1());
    }
}
