package io.ringvs.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.fastpath.TestRules;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TestFrame;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.Statistics;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;

class TunnelForwarderTest {
    private static final int MTU = 1500;
    private static final int LINK = 14;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final String CLIENT_IPV6 = "2001:db8:9::7";
    private static final String VIRTUAL_IPV6 = "2001:db8::100";
    private static final List<Tunnel> TUNNELS = List.of(Tunnel.IPIP,
        new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.NONE),
        new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.CHECKSUM),
        new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.REMOTE_CHECKSUM),
        new Tunnel(Tunnel.Type.GRE, 0, Tunnel.Checksum.NONE),
        new Tunnel(Tunnel.Type.GRE, 0, Tunnel.Checksum.CHECKSUM));

    private final TestFrame frame = new TestFrame();
    private final DestinationTable destinations = new DestinationTable(64);
    private final Statistics statistics = new Statistics(1, 256);
    private final TestRules rules = new TestRules(destinations, statistics);
    private final TunnelForwarder forwarder = new TunnelForwarder(1);
    private IpvsSettings settings = IpvsSettings.DEFAULTS;

    @AfterEach
    void free() {
        frame.close();
        statistics.close();
        destinations.close();
    }

    @Test
    void shouldWrapPacketsOfEverySizeGivenEveryTunnelAndFamily() {
        final long seed = System.nanoTime();
        System.out.println("TunnelForwarderTest seed " + seed);
        final Random random = new Random(seed);
        for (final Tunnel tunnel : TUNNELS) {
            for (int families = 0; families < 4; families++) {
                final boolean innerIpv6 = (families & 1) != 0;
                final boolean outerIpv6 = (families & 2) != 0;
                final Destination destination = destination(tunnel, innerIpv6, outerIpv6, MTU);
                final int largest = destination.encapsulation.mtu() - (innerIpv6 ? 48 : 28);
                for (int payload = 0; payload <= largest; payload++) {
                    final byte[] packet = udp(innerIpv6).payload(payload).random(random).build();
                    assertEquals(Verdict.FORWARD, forward(packet, destination));
                    verify(packet, sent(destination, packet.length - LINK), tunnel, innerIpv6, outerIpv6);
                }
                final byte[] tooBig = udp(innerIpv6).fragment(DO_NOT_FRAGMENT).payload(largest + 1).build();
                assertEquals(Verdict.DROP_TOO_BIG, forward(tooBig, destination));
            }
        }
    }

    @Test
    void shouldDropTagsAndPadding() {
        final Destination destination = destination(Tunnel.IPIP, false, false, MTU);
        final byte[] tagged = udp(false).payload(5).tags("88a8000181000064").padding(9).build();

        assertEquals(Verdict.FORWARD, forward(tagged, destination));

        final byte[] packet = udp(false).payload(5).build();
        verify(packet, frame.read(LINK + 8 - 20 - LINK, LINK + 20 + 33), Tunnel.IPIP, false, false);
    }

    @Test
    void shouldGiveEachFlowOnePortAndManyFlowsManyPorts() {
        final Destination destination = destination(TUNNELS.get(1), false, false, MTU);
        final Set<Integer> ports = new HashSet<>();
        for (int client = 0; client < 2000; client++) {
            final byte[] packet = FrameBuilder.udp().from("198.51.100.7", 1000 + client).build();
            assertEquals(Verdict.FORWARD, forward(packet, destination));
            final int port = number(sent(destination, packet.length - LINK), LINK + 20);
            assertEquals(Verdict.FORWARD, forward(packet, destination));
            assertEquals(port, number(sent(destination, packet.length - LINK), LINK + 20));
            assertTrue(port >= 32768 && port < 60999);
            ports.add(port);
        }
        assertTrue(ports.size() > 1800, ports.size() + " ports of 2000 flows");
    }

    @Test
    void shouldNotSetDontFragmentGivenNoPmtuDiscovery() {
        settings = settings.with(IpvsSetting.PMTU_DISC, 0);
        final Destination destination = destination(Tunnel.IPIP, false, false, MTU);
        final byte[] packet = udp(false).fragment(DO_NOT_FRAGMENT).payload(1600).build();

        assertEquals(Verdict.FORWARD, forward(packet, destination));

        assertEquals(0, number(sent(destination, packet.length - LINK), LINK + 6));
    }

    @Test
    void shouldDropGivenNarrowWayOrNoSource() {
        assertEquals(Verdict.FORWARD, forward(udp(false).build(), destination(Tunnel.IPIP, false, false, 88)));
        assertEquals(Verdict.DROP_TUNNEL, forward(udp(false).build(), destination(Tunnel.IPIP, false, false, 87)));
        assertEquals(Verdict.FORWARD, forward(udp(false).build(), destination(Tunnel.IPIP, false, true, 1320)));
        assertEquals(Verdict.DROP_TUNNEL, forward(udp(false).build(), destination(Tunnel.IPIP, false, true, 1319)));
        final Adjacency sourceless = new Adjacency(Adjacency.State.RESOLVED, 2, 0, 0, MTU, null);
        assertEquals(Verdict.DROP_TUNNEL,
            forward(udp(false).build(), rules.tunnel(Tunnel.IPIP, false, false, sourceless, settings)));
    }

    @Test
    void shouldLeavePacketAloneGivenNoWayYetOrLastHop() {
        final byte[] packet = udp(false).build();
        assertUnchanged(Verdict.PARKED, packet, Adjacency.State.UNRESOLVED);
        assertUnchanged(Verdict.HOST_LOCAL, packet, Adjacency.State.LOCAL);
        assertUnchanged(Verdict.DROP_NO_ROUTE, packet, Adjacency.State.UNREACHABLE);
        assertUnchanged(Verdict.DROP_TTL_EXPIRED, udp(true).timeToLive(1).build(), Adjacency.State.RESOLVED);
    }

    private void assertUnchanged(final Verdict expected, final byte[] packet, final Adjacency.State state) {
        final Adjacency adjacency = new Adjacency(state, 2, 1, 2, MTU, IpAddress.parse("192.168.1.1"));
        assertEquals(expected, forward(packet, rules.tunnel(Tunnel.IPIP, false, false, adjacency, settings)));
        assertArrayEquals(packet, frame.read(0, packet.length));
    }

    private static FrameBuilder udp(final boolean ipv6) {
        return ipv6 ? FrameBuilder.udp().from(CLIENT_IPV6, 5000).to(VIRTUAL_IPV6, 53) : FrameBuilder.udp();
    }

    private Destination destination(
        final Tunnel tunnel, final boolean innerIpv6, final boolean outerIpv6, final int mtu) {
        final Adjacency adjacency = new Adjacency(Adjacency.State.RESOLVED, 2, 0x0002_0202_0000_0002L, 0x0200_0000, mtu,
            IpAddress.parse(outerIpv6 ? "2001:db8:1::1" : "192.168.1.1"));
        return rules.tunnel(tunnel, innerIpv6, outerIpv6, adjacency, settings);
    }

    private Verdict forward(final byte[] packet, final Destination destination) {
        final long headers = frame.parse(packet);
        return Verdict.ofCode(
            forwarder.forward(frame.pointer(), headers, destination.adjacency, destination.encapsulation));
    }

    private byte[] sent(final Destination destination, final int packetLength) {
        return frame.read(-destination.encapsulation.length, LINK + destination.encapsulation.length + packetLength);
    }

    /** Takes the sent frame apart from the outside in. */
    private static void verify(
        final byte[] received, final byte[] sent, final Tunnel tunnel, final boolean innerIpv6,
        final boolean outerIpv6) {
        assertEquals("020000000202" + "020000000002" + (outerIpv6 ? "86dd" : "0800"), hex(sent, 0, LINK));
        final int protocol = tunnel.type() == Tunnel.Type.GUE ? 17 : tunnel.type() == Tunnel.Type.GRE ? 47
            : innerIpv6 ? 41 : 4;
        final int outer = LINK + (outerIpv6 ? 40 : 20);
        final byte[] payload = Arrays.copyOfRange(sent, outer, sent.length);
        final byte[] addresses = Arrays.copyOfRange(sent, LINK + (outerIpv6 ? 8 : 12), outer);
        if (outerIpv6) {
            assertEquals(String.format("60000000%04x%02x3f", payload.length, protocol), hex(sent, LINK, LINK + 8));
            assertEquals("20010db8000100000000000000000001" + "20010db8000100000000000000000011",
                HexFormat.of().formatHex(addresses));
        } else {
            assertEquals(String.format("4500%04x", 20 + payload.length), hex(sent, LINK, LINK + 4));
            assertEquals(String.format("00003f%02x", protocol), hex(sent, LINK + 6, LINK + 10));
            assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(sent, LINK, outer)));
            assertEquals("c0a80101" + "c0a8010b", HexFormat.of().formatHex(addresses));
        }
        final int before = between(payload, addresses, tunnel, innerIpv6);
        final byte[] expected = Arrays.copyOfRange(received, LINK, received.length);
        expected[innerIpv6 ? 7 : 8]--;
        final byte[] packet = Arrays.copyOfRange(payload, before, payload.length);
        if (!innerIpv6) {
            assertEquals(0, FrameBuilder.checksum(Arrays.copyOf(packet, 20)));
            System.arraycopy(packet, 10, expected, 10, 2);
        }
        assertArrayEquals(expected, packet);
    }

    /** Checks what is between outer IP header and packet, and returns its length. */
    private static int between(
        final byte[] payload, final byte[] addresses, final Tunnel tunnel, final boolean innerIpv6) {
        if (tunnel.type() == Tunnel.Type.IPIP) {
            return 0;
        }
        if (tunnel.type() == Tunnel.Type.GRE) {
            final boolean checksum = tunnel.checksum() == Tunnel.Checksum.CHECKSUM;
            assertEquals((checksum ? "8000" : "0000") + (innerIpv6 ? "86dd" : "0800"), hex(payload, 0, 4));
            if (checksum) {
                assertEquals(0, FrameBuilder.checksum(even(payload)));
                assertEquals(0, number(payload, 6));
            }
            return checksum ? 8 : 4;
        }
        assertEquals(String.format("%04x%04x", 6080, payload.length), hex(payload, 2, 6));
        assertEquals(innerIpv6 ? "00290000" : "00040000", hex(payload, 8, 12));
        if (tunnel.checksum() == Tunnel.Checksum.NONE) {
            assertEquals(0, number(payload, 6));
        } else {
            final byte[] pseudo = Arrays.copyOf(addresses, addresses.length + 4);
            pseudo[addresses.length + 1] = 17;
            pseudo[addresses.length + 2] = (byte)(payload.length >> 8);
            pseudo[addresses.length + 3] = (byte)payload.length;
            final byte[] summed = Arrays.copyOf(pseudo, pseudo.length + payload.length);
            System.arraycopy(payload, 0, summed, pseudo.length, payload.length);
            assertEquals(0, FrameBuilder.checksum(even(summed)));
            assertTrue(number(payload, 6) != 0);
        }
        return 12;
    }

    private static byte[] even(final byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length + bytes.length % 2);
    }

    private static int number(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    private static String hex(final byte[] bytes, final int from, final int to) {
        return HexFormat.of().formatHex(bytes, from, to);
    }
}
