package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.ringvs.conntab.ConnectionCursor;
import io.ringvs.conntab.ConnectionView;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SipPersistenceTest {
    private final TestDirector director = new TestDirector();
    private int first;
    private int second;

    @AfterEach
    void close() {
        director.close();
    }

    private void sip(final int protocol, final String address, final int netmask, final int flags) {
        final ServiceKey key = director.rules.addService(new ServiceConfig(
            ServiceKey.ofAddress(protocol, IpAddress.parse(address), 5060), "rr", ServiceFlags.PERSISTENT | flags, 100,
            netmask, "sip", List.of()));
        final String prefix = address.contains(":") ? "2001:db8:1::" : "192.168.1.";
        second = director.rules.addServer(key, prefix + "12", 5060, TestDirector.SERVERS);
        first = director.rules.addServer(key, prefix + "11", 5060, TestDirector.SERVERS);
        director.publish();
    }

    private static byte[] message(final String client, final String virtual, final int port, final String text) {
        final byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        final String header = String.format("%04x13c4%04x0000", port, 8 + payload.length);
        return FrameBuilder.udp().from(client, port).to(virtual, 5060)
            .transport(header + HexFormat.of().formatHex(payload)).build();
    }

    private static byte[] call(final String client, final int port, final String callId) {
        return message(client, "10.0.0.100", port, "INVITE sip:a@b SIP/2.0\r\nCall-ID: " + callId + "\r\n\r\n");
    }

    private Set<String> calls() {
        final Set<String> calls = new TreeSet<>();
        try (ConnectionCursor cursor = director.table.cursor()) {
            for (ConnectionView each = cursor.next(); each != null; each = cursor.next()) {
                if (each.isTemplate()) {
                    calls.add(each.engineData() + ' ' + each.clientAddress() + ' ' + each.virtualAddress() + ' '
                        + each.virtualPort() + ' ' + each.destinationAddress());
                } else {
                    assertNull(each.engineData());
                }
            }
        }
        return calls;
    }

    @Test
    void shouldKeepCallWithItsServer() {
        sip(IpProtocol.UDP, "10.0.0.100", -1, ServiceFlags.ONE_PACKET);

        assertEquals(first, director.serverOf(call("198.51.100.7", 5060, "one@a")));
        assertEquals(second, director.serverOf(call("198.51.100.7", 5060, "two@a")));
        for (int port = 5060; port < 5064; port++) {
            assertEquals(first, director.serverOf(call("198.51.100.7", port, "one@a")));
            assertEquals(second, director.serverOf(call("198.51.100.7", port, "two@a")));
        }
        assertEquals(first, director.serverOf(call("198.51.100.8", 5060, "two@a")), "another client");

        assertEquals(Set.of(
            "one@a 198.51.100.7 10.0.0.100 5060 192.168.1.11",
            "two@a 198.51.100.7 10.0.0.100 5060 192.168.1.12",
            "two@a 198.51.100.8 10.0.0.100 5060 192.168.1.11"), calls());
        director.advanceSeconds(102);
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldKeepCallOfIpv6Client() {
        sip(IpProtocol.UDP, "2001:db8::100", 64, 0);
        final String text = "BYE sip:a@b SIP/2.0\r\ni:%s\r\n";

        final int server = director.serverOf(
            message("2001:db8:7::1", "2001:db8::100", 5060, String.format(text, "one")));
        assertEquals(server, director.serverOf(
            message("2001:db8:7::2", "2001:db8::100", 5061, String.format(text, "one"))));
        assertNotEquals(server, director.serverOf(
            message("2001:db8:7::3", "2001:db8::100", 5062, String.format(text, "One"))));
        assertEquals(5, director.table.size());
        assertEquals(Set.of("one", "One"), Set.of(calls().stream().map((call) -> call.substring(0, 3))
            .toArray(String[]::new)));
    }

    @Test
    void shouldDropWhatBearsNoCallId() {
        sip(IpProtocol.UDP, "10.0.0.100", -1, 0);
        sip(IpProtocol.TCP, "10.0.0.100", -1, 0);

        director.receive(message("198.51.100.7", "10.0.0.100", 5060, "hello"),
            message("198.51.100.7", "10.0.0.100", 5060, ""),
            FrameBuilder.tcp(TcpHeader.SYN).from("198.51.100.7", 1000).to("10.0.0.100", 5060).build());

        director.assertOnly(Verdict.DROP_ENGINE, 3);
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldRefuseCallsBeyondBoundAndTakeThemAgainLater() {
        sip(IpProtocol.UDP, "10.0.0.100", -1, ServiceFlags.ONE_PACKET);
        final int bound = 1250;
        for (int round = 0; round < 3; round++) {
            for (int call = 0; call < bound; call++) {
                assertNotEquals(-1, director.serverOf(call("198.51.100.7", 5060, "c" + call)));
            }
            assertEquals(-1, director.serverOf(call("198.51.100.7", 5060, "beyond")));
            assertNotEquals(-1, director.serverOf(call("198.51.100.7", 5060, "c0")), "a known one");
            assertEquals(bound, calls().size());
            director.advanceSeconds(112);
            assertEquals(0, director.table.size());
        }
        assertEquals(3, director.packets(Verdict.DROP_TABLE_FULL));
    }
}
