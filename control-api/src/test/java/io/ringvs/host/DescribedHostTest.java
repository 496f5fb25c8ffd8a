package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescribedHostTest {
    private static final int ETH0 = 1;
    private static final int ETH1 = 2;
    private static final IpAddress SERVER = IpAddress.parse("192.168.1.11");
    private static final MacAddress SERVER_MAC = MacAddress.of(new byte[] {2, 0, 0, 0, 2, 1});

    private final DescribedHost host = new DescribedHost();

    @BeforeEach
    void describe() {
        host.addInterface(ETH0, "eth0", MacAddress.of(new byte[] {2, 0, 0, 0, 0, 1}), 1500);
        host.addInterface(ETH1, "eth1", MacAddress.of(new byte[] {2, 0, 0, 0, 0, 2}), 1400);
        host.addAddress(ETH0, IpAddress.parse("10.0.0.1"), 24);
        host.addAddress(ETH1, IpAddress.parse("192.168.1.1"), 24);
        host.addAddress(ETH1, IpAddress.parse("2001:db8:1::1"), 64);
        host.addRoute(IpAddress.parse("0.0.0.0"), 0, IpAddress.parse("10.0.0.254"), ETH0);
    }

    @Test
    void shouldMakeTheRoutesOfAddresses() {
        assertEquals(Outcome.LOCAL, host.lookup(IpAddress.parse("10.0.0.1")).outcome());
        assertEquals(Outcome.NOT_UNICAST, host.lookup(IpAddress.parse("10.0.0.255")).outcome());
        assertEquals(
            new RouteLookup(Outcome.FORWARD, ETH1, SERVER, IpAddress.parse("192.168.1.1"), 1400), host.lookup(SERVER));
        assertEquals(ETH1, host.lookup(IpAddress.parse("2001:db8:1::99")).interfaceIndex());
        assertEquals(Outcome.NO_ROUTE, host.lookup(IpAddress.parse("2001:db8:2::1")).outcome());
    }

    @Test
    void shouldFollowGateway() {
        assertEquals(
            IpAddress.parse("10.0.0.254"), host.lookup(IpAddress.parse("198.51.100.7")).nextHop());
    }

    @Test
    void shouldTakeEveryAddressOfALocalPrefixAsItsOwn() {
        host.addLocalPrefix(IpAddress.parse("10.50.0.0"), 16);

        assertEquals(Outcome.LOCAL, host.lookup(IpAddress.parse("10.50.7.9")).outcome());
        assertEquals(Adjacency.State.LOCAL, host.adjacency(IpAddress.parse("10.50.7.9")).state);
    }

    @Test
    void shouldResolveGivenNeighbourAnswered() {
        assertEquals(Adjacency.State.UNRESOLVED, host.adjacency(SERVER).state);

        assertTrue(host.learn(ETH1, SERVER, SERVER_MAC));

        assertEquals(Adjacency.State.RESOLVED, host.adjacency(SERVER).state);
        assertEquals(SERVER_MAC.word(), host.adjacency(SERVER).macWord & 0xffff_ffff_ffffL);
        assertFalse(host.learn(ETH1, SERVER, SERVER_MAC), "it was known");
    }

    @Test
    void shouldKeepPermanentNeighbourWhateverIsHeard() {
        host.addPermanentNeighbour(ETH1, SERVER, SERVER_MAC);

        assertFalse(host.learn(ETH1, SERVER, MacAddress.of(new byte[] {2, 9, 9, 9, 9, 9})));

        assertEquals(SERVER_MAC.word(), host.adjacency(SERVER).macWord & 0xffff_ffff_ffffL);
    }
}
