package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionCursor;
import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.MarkRule;

class BypassTest {
    private static final int SYN = TcpHeader.SYN;
    private static final int ACK = TcpHeader.ACK;
    private static final int FIN = TcpHeader.FIN;
    private static final int MARK = 5;
    private static final int ROUTER = 0x0102;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final String ELSEWHERE = "203.0.113.7";
    private static final String NARROW = "203.0.113.8";
    private static final String OWN = "203.0.113.9";
    private static final String SILENT = "203.0.113.10";
    private static final String OTHER_INTERFACE = "203.0.113.11";
    private static final String ELSEWHERE_IPV6 = "2001:db8:5::7";
    private static final String OWN_IPV6 = "2001:db8:5::9";
    private static final IpvsSettings ON = IpvsSettings.DEFAULTS.with(IpvsSetting.CACHE_BYPASS, 1);

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private final ServiceKey marked = ServiceKey.ofFwmark(Family.IPV4, MARK);

    @BeforeEach
    void services() {
        rules.addService(marked, "rr", 0);
        rules.addService(ServiceKey.ofFwmark(Family.IPV6, MARK), "rr", 0);
        rules.marks(mark("0.0.0.0", IpProtocol.TCP), mark("0.0.0.0", IpProtocol.UDP), mark("::", IpProtocol.TCP));
        rules.clients(ways(Adjacency.State.RESOLVED));
        rules.settings(ON);
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static MarkRule mark(final String any, final int protocol) {
        final IpAddress address = IpAddress.parse(any);
        return new MarkRule(
            address.family(), new MarkRule.Prefix(address, 0), null, protocol, List.of(), MarkRule.ANY, MARK);
    }

    private static ClientWays ways(final Adjacency.State elsewhere) {
        return new ClientWays.Builder()
            .add(IpAddress.parse("0.0.0.0"), 0, way(elsewhere, TestDirector.SERVERS, 1500))
            .add(IpAddress.parse("::"), 0, way(elsewhere, TestDirector.SERVERS, 1500))
            .add(IpAddress.parse(NARROW), 32, way(Adjacency.State.RESOLVED, TestDirector.SERVERS, 576))
            .add(IpAddress.parse(OWN), 32, way(Adjacency.State.LOCAL, 0, 0))
            .add(IpAddress.parse(OWN_IPV6), 128, way(Adjacency.State.LOCAL, 0, 0))
            .add(IpAddress.parse(SILENT), 32, way(Adjacency.State.UNRESOLVED, TestDirector.SERVERS, 1500))
            .add(IpAddress.parse(OTHER_INTERFACE), 32, way(Adjacency.State.RESOLVED, 77, 1500))
            .build();
    }

    private static Adjacency way(final Adjacency.State state, final int interfaceIndex, final int mtu) {
        return new Adjacency(state, interfaceIndex, TestRules.macWord(ROUTER), 0x0200_0000, mtu);
    }

    private static FrameBuilder tcp(final String to, final int flags) {
        return FrameBuilder.tcp(flags).from("198.51.100.7", 1000).to(to, 8080);
    }

    private static byte[] routed(final FrameBuilder packet, final int hops) {
        final byte[] expected = packet.timeToLive(hops - 1).build();
        final byte[] link = {2, 0, 0, 0, 1, 2, 2, 0, 0, 0, 0, 2};
        System.arraycopy(link, 0, expected, 0, link.length);
        return expected;
    }

    private void assertNothingCounted() {
        for (final int row : new int[] {Statistics.TOTAL_ROW, rules.statisticsRow(marked)}) {
            assertEquals(0, director.statistics.sum(row, Statistics.CONNECTIONS));
            assertEquals(0, director.statistics.sum(row, Statistics.IN_PACKETS));
        }
    }

    private int flags() {
        try (ConnectionCursor cursor = director.table.cursor()) {
            return cursor.next().flags();
        }
    }

    @Test
    void shouldRouteToOriginalDestinationGivenNoServer() {
        assertArrayEquals(routed(tcp(ELSEWHERE, SYN), 9), director.forward(tcp(ELSEWHERE, SYN).timeToLive(9).build()));
        assertArrayEquals(routed(tcp(ELSEWHERE, ACK), 9), director.forward(tcp(ELSEWHERE, ACK).timeToLive(9).build()));

        director.assertOnly(Verdict.FORWARD, 2);
        assertEquals(1, director.table.size());
        assertNothingCounted();
    }

    @Test
    void shouldListWhereItGoesAndHaveFlagsOfNoServer() {
        final int expected = ForwardingMethod.BYPASS.value() | ConnectionFlags.HASHED;
        director.receive(tcp(ELSEWHERE, SYN).build());

        director.assertListing("TCP 198.51.100.7:1000 203.0.113.7:8080 0.0.0.0:0 SYN_RECV 60");
        assertEquals(expected, flags());
        director.receive(tcp(ELSEWHERE, FIN | ACK).build());
        assertEquals(expected, flags(), "whether it is active matters to servers only");
    }

    @Test
    void shouldRouteIcmpErrorAboutItsPackets() {
        director.receive(tcp(ELSEWHERE, SYN).build());
        assertNotNull(director.servers().collect());
        final byte[] about = FrameBuilder.tcp(ACK).from(ELSEWHERE, 8080).to("198.51.100.7", 1000).build();
        final byte[] message = HexFormat.of().parseHex(
            "0304000000000578" + HexFormat.of().formatHex(about, 14, about.length));
        final int checksum = FrameBuilder.checksum(message);
        message[2] = (byte)(checksum >> 8);
        message[3] = (byte)checksum;
        final FrameBuilder error = FrameBuilder.tcp(0).from("198.51.100.1", 0).to(ELSEWHERE, 0)
            .protocol(IpProtocol.ICMP).transport(HexFormat.of().formatHex(message));

        assertArrayEquals(routed(error, 9), director.forward(error.timeToLive(9).build()));
        assertNothingCounted();
    }

    @Test
    void shouldRouteIpv6() {
        final FrameBuilder syn = FrameBuilder.tcp(SYN).from("2001:db8:c::7", 1000).to(ELSEWHERE_IPV6, 80);
        final byte[] sent = director.forward(syn.timeToLive(9).build());

        assertArrayEquals(routed(syn, 9), sent);
    }

    @Test
    void shouldGoOnBypassingGivenServerIsAdded() {
        director.receive(tcp(ELSEWHERE, SYN).build(), tcp(ELSEWHERE, ACK).build());
        assertNotNull(director.servers().collect());
        assertNotNull(director.servers().collect());
        final int server = rules.addServer(marked, "192.168.1.11", 80, TestDirector.SERVERS);
        director.publish();

        assertEquals(ROUTER, director.serverOf(tcp(ELSEWHERE, ACK).build()));
        assertEquals(server, director.serverOf(tcp(ELSEWHERE, SYN).from("198.51.100.7", 1001).build()));
    }

    @Test
    void shouldKeepNoConnectionGivenOnePacketService() {
        rules.removeService(marked);
        rules.addService(marked, "rr", ServiceFlags.ONE_PACKET);
        director.publish();

        assertEquals(ROUTER, director.serverOf(FrameBuilder.udp().to(ELSEWHERE, 53).build()));
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldTellPortUnreachableGivenAddressIsNoOtherHosts() {
        for (final String address : List.of(OWN, "224.0.0.5", "255.255.255.255", "0.0.0.1")) {
            assertNull(director.forward(tcp(address, SYN).build()), address);
        }
        director.assertOnly(Verdict.DROP_NO_DESTINATION, 4);
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldTellPortUnreachableGivenSettingIsOff() {
        rules.settings(IpvsSettings.DEFAULTS);
        director.publish();

        assertNull(director.forward(tcp(ELSEWHERE, SYN).build()));
        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
        assertEquals(1, director.worker.counters().icmpErrors());
    }

    @Test
    void shouldTellPortUnreachableGivenServiceHasAnAddress() {
        rules.removeService(marked);
        rules.addService(IpProtocol.TCP, ELSEWHERE, 8080, "rr");
        director.publish();

        assertNull(director.forward(tcp(ELSEWHERE, SYN).build()));
        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
    }

    @Test
    void shouldDropSilentlyGivenOwnIpv6Address() {
        director.receive(FrameBuilder.tcp(SYN).from("2001:db8:c::7", 1000).to(OWN_IPV6, 80).build());

        director.assertOnly(Verdict.DROP_METHOD, 1);
        assertEquals(0, director.worker.counters().icmpErrors());
    }

    @Test
    void shouldLeaveToHostGivenWayIsNotReady() {
        final byte[] toSilent = tcp(SILENT, SYN).build();
        director.receive(toSilent, tcp(OTHER_INTERFACE, SYN).build());

        director.assertOnly(Verdict.HOST_BYPASS, 2);
        assertArrayEquals(toSilent, director.handedToHost.get(0), "unchanged");
        assertEquals(2, director.table.size());
    }

    @Test
    void shouldTakeCurrentWayGivenRoutesChange() {
        rules.clients(ways(Adjacency.State.UNREACHABLE));
        director.publish();
        director.receive(tcp(ELSEWHERE, SYN).build());
        assertEquals(1, director.packets(Verdict.HOST_BYPASS));

        rules.clients(ways(Adjacency.State.RESOLVED));
        director.publish();
        assertEquals(ROUTER, director.serverOf(tcp(ELSEWHERE, ACK).build()));
    }

    @Test
    void shouldTellMtuOfWayGivenPacketIsTooBig() {
        director.receive(tcp(NARROW, SYN).build());
        final byte[] error = director.receive(
            tcp(NARROW, ACK).fragment(DO_NOT_FRAGMENT).payload(1000).build()).clients().collect();

        assertEquals(1, director.packets(Verdict.DROP_TOO_BIG));
        assertEquals(0x03_04, error[34] << 8 | error[35]);
        assertEquals(576, (error[40] & 0xff) << 8 | error[41] & 0xff);
    }

    @Test
    void shouldDivideGivenPacketIsTooBigAndMayBeDivided() {
        director.receive(tcp(NARROW, SYN).build(), tcp(NARROW, ACK).payload(1000).build());

        assertEquals(2, director.packets(Verdict.FORWARD));
        for (int frames = 0; frames < 3; frames++) {
            assertNotNull(director.servers().collect());
        }
    }

    @Test
    void shouldTellTimeExceededGivenNoHopLeft() {
        final byte[] error = director.receive(tcp(ELSEWHERE, SYN).timeToLive(1).build()).clients().collect();

        director.assertOnly(Verdict.DROP_TTL_EXPIRED, 1);
        assertEquals(0x0b_00, error[34] << 8 | error[35]);
    }
}
