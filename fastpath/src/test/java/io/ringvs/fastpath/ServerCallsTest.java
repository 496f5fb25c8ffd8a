package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that real servers of a SIP service begin. */
class ServerCallsTest {
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "10.0.0.100";
    private static final String SERVER = "192.168.1.11";
    private static final String OTHER_SERVER = "192.168.1.12";
    private static final int SIP = 5060;
    private static final int ADDRESS = 26;

    private final TestDirector director = new TestDirector();

    private void serve(final ServiceKey key, final int flags, final String engine) {
        director.rules.addService(new ServiceConfig(key, "rr", flags, 100, -1, engine, List.of()));
        for (final String server : new String[] {OTHER_SERVER, SERVER}) {
            director.rules.addServer(key, DestinationConfig.of(IpAddress.parse(server), SIP, ForwardingMethod.NAT, 1),
                ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED,
                TestDirector.SERVERS);
        }
        director.rules.clients(new ClientWays.Builder()
            .add(IpAddress.parse("0.0.0.0"), 0, new Adjacency(
                Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, 1500))
            .add(IpAddress.parse("10.0.0.1"), 32, new Adjacency(Adjacency.State.LOCAL, 0, 0, 0, 0)).build());
        director.publish();
    }

    private void serveSip(final int moreFlags) {
        serve(ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse(VIP), SIP),
            ServiceFlags.PERSISTENT | moreFlags, "sip");
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static byte[] packet(
        final String from, final int fromPort, final String to, final int toPort, final String text) {
        final byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        final String header = String.format("%04x%04x%04x0000", fromPort, toPort, 8 + payload.length);
        return FrameBuilder.udp().from(from, fromPort).to(to, toPort)
            .transport(header + HexFormat.of().formatHex(payload)).build();
    }

    private static String invitation(final String callId) {
        return "INVITE sip:a@b SIP/2.0\r\nCall-ID: " + callId + "\r\n\r\n";
    }

    private byte[] fromServer(final String server, final int port, final String to, final String text) {
        director.servers().inject(packet(server, port, to, SIP, text));
        director.worker.doWork();
        return director.clients().collect();
    }

    private static void assertComesFromVirtual(final byte[] frame) {
        assertNotNull(frame);
        assertArrayEquals(new byte[] {10, 0, 0, 100}, Arrays.copyOfRange(frame, ADDRESS, ADDRESS + 4));
        assertEquals(SIP, (frame[34] & 0xff) << 8 | frame[35] & 0xff);
    }

    private byte serverOf(final int clientPort, final String callId) {
        return director.forward(packet(CLIENT, clientPort, VIP, SIP, invitation(callId)))[33];
    }

    @Test
    void shouldOpenCallThatServerBegins() {
        serveSip(0);

        assertComesFromVirtual(fromServer(SERVER, SIP, CLIENT, invitation("one@a")));
        director.assertListing(
            "UDP 198.51.100.7:0 10.0.0.100:5060 192.168.1.11:5060 ASSURED 100",
            "UDP 198.51.100.7:5060 10.0.0.100:5060 192.168.1.11:5060 UDP 300");
        assertComesFromVirtual(fromServer(SERVER, SIP, CLIENT, invitation("one@a")));
        assertEquals(11, serverOf(SIP, "one@a"));
        assertEquals(11, serverOf(SIP + 1, "one@a"), "by the template");
        assertEquals(2, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.CONNECTIONS));
        assertEquals(2, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.OUT_PACKETS));
        director.assertOnly(Verdict.FORWARD, 4);
    }

    @Test
    void shouldReplaceTemplateGivenItNamesAnotherServer() {
        serveSip(0);
        assertComesFromVirtual(fromServer(OTHER_SERVER, SIP, CLIENT, invitation("one@a")));
        assertEquals(12, serverOf(SIP + 1, "one@a"));

        assertComesFromVirtual(fromServer(SERVER, SIP, "198.51.100.7", "BYE x\r\nCall-ID: one@a\r\n"));
        assertEquals(11, serverOf(SIP + 2, "one@a"));
    }

    @Test
    void shouldKeepNoConnectionGivenOnePacketScheduling() {
        serveSip(ServiceFlags.ONE_PACKET);
        assertComesFromVirtual(fromServer(SERVER, SIP, CLIENT, invitation("one@a")));
        director.assertListing("UDP 198.51.100.7:0 10.0.0.100:5060 192.168.1.11:5060 NONE 100");
        assertEquals(11, serverOf(SIP, "one@a"));
        assertComesFromVirtual(fromServer(SERVER, SIP, CLIENT, invitation("one@a")));
        assertEquals(1, director.table.size());
        assertEquals(3, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.CONNECTIONS));
        assertEquals(0, director.destinations.totalConnections(0));
    }

    @Test
    void shouldLeaveToHostWhatBeginsNoCall() {
        serveSip(0);
        assertNull(fromServer(SERVER, SIP, CLIENT, "hello"));
        assertNull(fromServer(SERVER, SIP + 1, CLIENT, invitation("one@a")));
        assertNull(fromServer("192.168.1.13", SIP, CLIENT, invitation("one@a")));
        assertNull(fromServer(SERVER, SIP, "10.0.0.1", invitation("one@a")));
        assertEquals(0, director.table.size());
        director.assertOnly(Verdict.HOST_NO_SERVICE, 4);
    }

    @Test
    void shouldLeaveToHostCallsOfOtherServices() {
        serve(ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse(VIP), SIP), ServiceFlags.PERSISTENT, null);
        serve(ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse(VIP), SIP), ServiceFlags.PERSISTENT, "sip");
        assertNull(fromServer(SERVER, SIP, CLIENT, invitation("one@a")));
        assertEquals(0, director.table.size());
    }
}
