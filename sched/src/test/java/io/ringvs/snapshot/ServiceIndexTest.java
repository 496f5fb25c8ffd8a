package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.Test;

class ServiceIndexTest {
    private static final IpAddress VIP = IpAddress.parse("10.0.0.100");
    private static final IpAddress VIP6 = IpAddress.parse("2001:db8::100");
    private final List<VirtualService> services = new ArrayList<>();

    @Test
    void shouldFindByExactAddressPortAndProtocol() {
        final VirtualService web = tcp(VIP, 80);
        final VirtualService dns = add(ServiceKey.ofAddress(IpProtocol.UDP, VIP, 53));
        final VirtualService web6 = tcp(VIP6, 80);
        assertEquals(web, find(IpProtocol.TCP, VIP, 80, 0));
        assertEquals(dns, find(IpProtocol.UDP, VIP, 53, 0));
        assertEquals(web6, find(IpProtocol.TCP, VIP6, 80, 0));
        assertNull(find(IpProtocol.UDP, VIP, 80, 0));
        assertNull(find(IpProtocol.TCP, VIP, 81, 0));
        assertNull(find(IpProtocol.TCP, IpAddress.parse("10.0.0.101"), 80, 0));
    }

    @Test
    void shouldPreferTheMark() {
        final VirtualService web = tcp(VIP, 80);
        final VirtualService marked = add(ServiceKey.ofFwmark(Family.IPV4, 7));
        assertEquals(marked, find(IpProtocol.TCP, VIP, 80, 7));
        assertEquals(marked, find(IpProtocol.UDP, VIP, 99, 7));
        assertEquals(web, find(IpProtocol.TCP, VIP, 80, 8));
        assertNull(find(IpProtocol.TCP, VIP6, 80, 7));
    }

    @Test
    void shouldFallBackToFtpForItsDataConnectionsOfTcpOnly() {
        final VirtualService ftp = tcp(VIP, 21);
        assertEquals(ftp, find(IpProtocol.TCP, VIP, 20, 0));
        assertEquals(ftp, find(IpProtocol.TCP, VIP, 1024, 0));
        assertNull(find(IpProtocol.TCP, VIP, 1023, 0));
        assertNull(find(IpProtocol.UDP, VIP, 5000, 0));
    }

    @Test
    void shouldTakeEveryPortGivenAServiceOfPortZeroAfterFtp() {
        final VirtualService any = tcp(VIP, 0);
        assertEquals(any, find(IpProtocol.TCP, VIP, 5000, 0));
        final VirtualService ftp = tcp(VIP, 21);
        assertEquals(ftp, find(IpProtocol.TCP, VIP, 5000, 0));
        assertEquals(any, find(IpProtocol.TCP, VIP, 443, 0));
    }

    @Test
    void shouldFindEachOfManyServicesAndNothingElse() {
        for (int port = 1; port <= 3_000; port++) {
            tcp(VIP, port);
        }
        final ServiceIndex index = ServiceIndex.EMPTY.with(List.of(), services);
        assertEquals(3_000, index.services().size());
        for (int port = 1; port <= 3_000; port++) {
            assertEquals(services.get(port - 1),
                index.find(Family.IPV4, IpProtocol.TCP, VIP.word0(), VIP.word1(), port, 0));
        }
        assertNull(index.find(Family.IPV4, IpProtocol.UDP, VIP.word0(), VIP.word1(), 80, 0));
        assertNull(ServiceIndex.EMPTY.find(Family.IPV4, IpProtocol.TCP, 0, 0, 0, 0));
    }

    private VirtualService find(final int protocol, final IpAddress address, final int port, final int fwmark) {
        return ServiceIndex.EMPTY.with(List.of(), services)
            .find(address.family(), protocol, address.word0(), address.word1(), port, fwmark);
    }

    private VirtualService tcp(final IpAddress address, final int port) {
        return add(ServiceKey.ofAddress(IpProtocol.TCP, address, port));
    }

    private VirtualService add(final ServiceKey key) {
        final VirtualService service = new VirtualService(
            new ServiceConfig(key, "rr", 0, 0, 0, null, List.of()), null, 0, new RealServer[0]);
        services.add(service);
        return service;
    }
}
