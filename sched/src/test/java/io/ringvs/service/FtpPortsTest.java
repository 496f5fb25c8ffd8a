package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

class FtpPortsTest {
    private static final IpAddress VIP = IpAddress.parse("10.0.0.1");

    private static ServiceKey tcp(final int port) {
        return ServiceKey.ofAddress(IpProtocol.TCP, VIP, port);
    }

    @Test
    void shouldReadPorts() {
        final FtpPorts ports = FtpPorts.parse("2121, 65535");
        assertTrue(ports.contains(2121));
        assertTrue(ports.contains(65535));
        assertFalse(ports.contains(21));
        assertTrue(FtpPorts.DEFAULT.contains(21));
        assertFalse(FtpPorts.parse("").contains(21));
    }

    @Test
    void shouldRefuseWhatIsNoListOfPorts() {
        for (final String text : List.of("ftp", "21,", "21,,22", "0", "65536", "-1", "1,2,3,4,5,6,7,8,9", "21 22")) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> FtpPorts.parse(text)).getMessage()
                .contains("FTP port"), text);
        }
    }

    @Test
    void shouldSteerAllOfAnAddressWithDataConnections() {
        final FtpPorts ports = FtpPorts.parse("2121");
        assertEquals(tcp(0), ports.steered(tcp(21)), "of clients that persistence brings together");
        assertEquals(tcp(0), ports.steered(tcp(2121)));
        assertEquals(tcp(80), ports.steered(tcp(80)));
        final ServiceKey udp = ServiceKey.ofAddress(IpProtocol.UDP, VIP, 21);
        assertEquals(udp, ports.steered(udp));
        final ServiceKey marked = ServiceKey.ofFwmark(Family.IPV4, 21);
        assertEquals(marked, ports.steered(marked));
        assertEquals(List.of(tcp(0), tcp(21), tcp(2121)), ports.steeredBy(tcp(0)));
        assertEquals(List.of(tcp(80)), ports.steeredBy(tcp(80)));
    }
}
