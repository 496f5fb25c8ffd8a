package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

class IcmpAnswersTest {
    private static final int SYN = TcpHeader.SYN;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final String CLIENT_IPV6 = "2001:db8:c::7";
    private static final String VIRTUAL_IPV6 = "2001:db8::100";
    private static final HexFormat HEX = HexFormat.of();

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private ServiceKey http;

    @BeforeEach
    void services() {
        http = rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
        rules.addService(IpProtocol.TCP, VIRTUAL_IPV6, 80, "rr");
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static byte[] syn(final String client) {
        return FrameBuilder.tcp(SYN).from(client, 5000).build();
    }

    private static byte[] synIpv6() {
        return FrameBuilder.tcp(SYN).from(CLIENT_IPV6, 5000).to(VIRTUAL_IPV6, 80).build();
    }

    private byte[] answer(final byte[] packet) {
        return director.receive(packet).clients().collect();
    }

    private int answers(final int packets, final String network) {
        int answered = 0;
        for (int i = 0; i < packets; i++) {
            answered += answer(syn(network.contains("%") ? String.format(network, i) : network)) == null ? 0 : 1;
        }
        return answered;
    }

    private void server(final String address, final ForwardingMethod method, final Adjacency adjacency) {
        final int id = rules.addServer(http, DestinationConfig.of(IpAddress.parse(address), 80, method, 1),
            method.value() | ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE, adjacency.state,
            TestDirector.SERVERS);
        rules.adjacency(id, adjacency);
        director.publish();
    }

    private static Adjacency adjacency(final Adjacency.State state, final int mtu) {
        return new Adjacency(state, TestDirector.SERVERS, 0, 0, mtu, IpAddress.parse("192.168.1.1"));
    }

    @Test
    void shouldTellPortUnreachableGivenNoServer() {
        final byte[] packet = syn("198.51.100.7");

        final byte[] error = answer(packet);

        assertEquals("0200000001fe020000000001" + "0800" + "45c00044", HEX.formatHex(error, 0, 18));
        assertEquals("00004001", HEX.formatHex(error, 20, 24));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(error, 14, 34)));
        assertEquals("0a000064" + "c6336407" + "0303", HEX.formatHex(error, 26, 36));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(error, 34, error.length)));
        assertArrayEquals(Arrays.copyOfRange(packet, 14, packet.length), Arrays.copyOfRange(error, 42, error.length));
        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
        assertEquals(1, director.worker.counters().icmpErrors());
    }

    @Test
    void shouldTellPortUnreachableGivenNoServerAndIpv6() {
        final byte[] packet = synIpv6();

        final byte[] error = answer(packet);

        assertEquals("0200000001fe020000000001" + "86dd" + "6000000000443a40", HEX.formatHex(error, 0, 22));
        assertEquals("20010db8000000000000000000000100" + "20010db8000c00000000000000000007" + "0104",
            HEX.formatHex(error, 22, 56));
        assertArrayEquals(Arrays.copyOfRange(packet, 14, packet.length), Arrays.copyOfRange(error, 62, error.length));
        final byte[] summed = Arrays.copyOfRange(error, 22, error.length + 4);
        summed[summed.length - 3] = (byte)(error.length - 54);
        summed[summed.length - 1] = IpProtocol.ICMPV6;
        assertEquals(0, FrameBuilder.checksum(summed));
    }

    @Test
    void shouldAnswerInVlanOfPacket() {
        final byte[] packet = FrameBuilder.tcp(SYN).tags("88a8000181000064").build();

        final byte[] error = answer(packet);

        assertEquals("0200000001fe020000000001" + "88a8000181000064" + "0800" + "45c0", HEX.formatHex(error, 0, 24));
        assertArrayEquals(Arrays.copyOfRange(packet, 22, packet.length), Arrays.copyOfRange(error, 50, error.length));
    }

    @Test
    void shouldNotAnswerGivenGroupAddressAsSender() {
        final byte[] packet = syn("198.51.100.7");
        packet[6] |= 1;
        assertNull(answer(packet));
        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
        assertEquals(0, director.worker.counters().icmpErrors());
    }

    @Test
    void shouldTellHostUnreachableGivenNoRoute() {
        server("192.168.1.11", ForwardingMethod.DIRECT, adjacency(Adjacency.State.UNREACHABLE, 0));

        final byte[] error = answer(syn("198.51.100.7"));

        assertEquals("0301", HEX.formatHex(error, 34, 36));
        assertEquals(64, error[42 + 8]);
        director.assertOnly(Verdict.DROP_NO_ROUTE, 1);
    }

    @Test
    void shouldTellHostUnreachableGivenServerThatDoesNotAnswer() {
        server("192.168.1.11", ForwardingMethod.DIRECT, adjacency(Adjacency.State.UNRESOLVED, 1500));
        assertNull(answer(syn("198.51.100.7")));

        director.advanceSeconds(4);

        final byte[] error = director.clients().collect();
        assertEquals("0301", HEX.formatHex(error, 34, 36));
        assertEquals(63, error[42 + 8]);
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(error, 42, 62)));
        assertEquals(1, director.packets(Verdict.DROP_PARKING_EXPIRED));
    }

    @Test
    void shouldCountAnswersAboutConnectionsAsPacketsToTheClient() {
        answer(syn("198.51.100.7"));
        assertEquals(0, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.OUT_PACKETS), "no connection yet");

        server("192.168.1.11", ForwardingMethod.DIRECT, adjacency(Adjacency.State.UNREACHABLE, 0));
        final int length = answer(syn("198.51.100.8")).length - 14;
        for (final int row : new int[] {Statistics.TOTAL_ROW, rules.statisticsRow(http)}) {
            assertEquals(1, director.statistics.sum(row, Statistics.OUT_PACKETS));
            assertEquals(length, director.statistics.sum(row, Statistics.OUT_BYTES));
        }
    }

    @Test
    void shouldNotAnswerGivenTunnelWhoseServerDoesNotAnswer() {
        server("192.168.1.11", ForwardingMethod.TUNNEL, adjacency(Adjacency.State.UNRESOLVED, 1500));
        assertNull(answer(syn("198.51.100.7")));

        director.advanceSeconds(4);

        assertNull(director.clients().collect());
        assertEquals(1, director.packets(Verdict.DROP_PARKING_EXPIRED));
    }

    @Test
    void shouldTellMtuOfWayThatBecameKnown() {
        server("192.168.1.11", ForwardingMethod.TUNNEL, adjacency(Adjacency.State.UNRESOLVED, 1500));
        assertNull(answer(FrameBuilder.tcp(SYN).fragment(DO_NOT_FRAGMENT).payload(29).build()));
        rules.adjacency(0, adjacency(Adjacency.State.RESOLVED, 20 + 68));
        director.publish();

        director.worker.doWork();

        final byte[] error = director.clients().collect();
        assertEquals("0304", HEX.formatHex(error, 34, 36));
        assertEquals("00000044", HEX.formatHex(error, 38, 42));
        assertEquals(1, director.packets(Verdict.DROP_TOO_BIG));
    }

    @Test
    void shouldKeepToLimitForOneClient() {
        assertEquals(IcmpLimiter.CLIENT_BURST, answers(20, "198.51.100.7"));
        assertEquals(IcmpLimiter.CLIENT_BURST, answers(20, "198.51.100.8"));
        director.advanceSeconds(1);
        assertEquals(1, answers(3, "198.51.100.7"));
        director.advanceSeconds(100);
        assertEquals(IcmpLimiter.CLIENT_BURST, answers(20, "198.51.100.7"));
        assertEquals(63, director.packets(Verdict.DROP_NO_DESTINATION));
    }

    @Test
    void shouldKeepToLimitForAllClients() {
        assertEquals(50, answers(100, "198.51.100.%d"));
        director.now += 10_000_000;
        assertEquals(10, answers(100, "198.51.101.%d"));
    }

    @Test
    void shouldFollowSettings() {
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.ICMP_RATELIMIT, 0));
        director.publish();
        assertEquals(30, answers(30, "198.51.100.7"));
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.ICMP_MSGS_PER_SEC, 0));
        director.publish();
        assertEquals(0, answers(30, "198.51.102.%d"));
    }

    @Test
    void shouldAlwaysTellMtu() {
        server("192.168.1.11", ForwardingMethod.DIRECT, adjacency(Adjacency.State.RESOLVED, 100));
        for (int i = 0; i < 200; i++) {
            final byte[] error = answer(FrameBuilder.tcp(SYN).fragment(DO_NOT_FRAGMENT).options("01".repeat(40))
                .transport("138800500000000100000000" + "5002100000000000" + "00".repeat(600)).build());
            assertEquals(14 + 576, error.length);
            assertEquals("03" + "04", HEX.formatHex(error, 34, 36));
        }
        director.assertOnly(Verdict.DROP_TOO_BIG, 200);
    }
}
