package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.Statistics;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import io.ringvs.snapshot.Destination;

/** ICMP errors about tunnel packets, made of the tunnel packets that the director sent. */
class TunnelErrorsTest {
    private static final int ETHERNET = 14;
    private static final int ICMP = ETHERNET + 20;
    private static final int QUOTE = ICMP + 8;
    private static final int MTU = 1500;
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final String CLIENT = "198.51.100.7";
    private static final String ROUTER = "192.168.1.254";
    private static final String HERE = "192.168.1.1";
    private static final String FRAGMENTATION_NEEDED = "03040000" + "00000578";

    private final TestDirector director = new TestDirector();
    private Destination destination;

    private void serve(final Tunnel tunnel) {
        final Adjacency way = new Adjacency(Adjacency.State.RESOLVED, TestDirector.SERVERS, TestRules.macWord(1),
            0x0200_0000, MTU, IpAddress.parse(HERE));
        destination = director.rules.tunnel(tunnel, false, false, way, IpvsSettings.DEFAULTS);
        director.rules.clients(new ClientWays.Builder().add(IpAddress.parse("0.0.0.0"), 0,
            new Adjacency(
                Adjacency.State.RESOLVED, TestDirector.CLIENTS, TestRules.macWord(9), 0x0200_0000, MTU)).build());
        director.publish();
    }

    private static Tunnel tunnel(final String type) {
        return switch (type) {
            case "gue" -> new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.NONE);
            case "gre" -> new Tunnel(Tunnel.Type.GRE, 0, Tunnel.Checksum.NONE);
            case "gre with checksum" -> new Tunnel(Tunnel.Type.GRE, 0, Tunnel.Checksum.CHECKSUM);
            default -> Tunnel.IPIP;
        };
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static FrameBuilder packet() {
        return FrameBuilder.udp().from(CLIENT, 20000).to("10.0.0.100", 1000).fragment(DO_NOT_FRAGMENT);
    }

    /** The error of a router about a frame that the director sent. */
    private static byte[] error(final String message, final byte[] about) {
        final byte[] bytes = HexFormat.of().parseHex(
            message + HexFormat.of().formatHex(about, ETHERNET, Math.min(about.length, ETHERNET + 200)));
        final int checksum = FrameBuilder.checksum(Arrays.copyOf(bytes, bytes.length + bytes.length % 2));
        bytes[2] = (byte)(checksum >> 8);
        bytes[3] = (byte)checksum;
        return FrameBuilder.tcp(0).from(ROUTER, 0).to(HERE, 0).protocol(IpProtocol.ICMP)
            .transport(HexFormat.of().formatHex(bytes)).build();
    }

    private byte[] answerTo(final byte[] frame) {
        director.servers().inject(frame);
        director.worker.doWork();
        return director.clients().collect();
    }

    private static int u16(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    @ParameterizedTest
    @CsvSource({"ipip,20", "gue,32", "gre,24", "gre with checksum,28"})
    void shouldTellClientAndHoldItToTheSizeFromThenOn(final String type, final int headers) {
        serve(tunnel(type));
        final byte[] sent = director.forward(packet().payload(100).build());
        assertEquals(ETHERNET + 128 + headers, sent.length);

        final byte[] told = answerTo(error(FRAGMENTATION_NEEDED, sent));

        assertEquals(0x0304, u16(told, ICMP));
        assertEquals(MTU - headers, u16(told, ICMP + 6), "the size that the last packet found, as in Linux");
        assertArrayEquals(Arrays.copyOfRange(sent, ETHERNET + headers, ETHERNET + headers + 128),
            Arrays.copyOfRange(told, QUOTE, told.length));
        assertEquals("0a000064c6336407", HexFormat.of().formatHex(told, ETHERNET + 12, ETHERNET + 20));
        assertEquals(9, told[5]);

        director.receive(packet().payload(1400 - headers - 28 + 1).build());
        final byte[] answer = director.clients().collect();
        assertEquals(1400 - headers, u16(answer, ICMP + 6));
        assertNull(director.servers().collect());
        assertNotNull(director.forward(packet().payload(1400 - headers - 28).build()));
        final int row = destination.statisticsRow;
        assertEquals(3, director.statistics.sum(row, Statistics.OUT_PACKETS), "both errors, and the director's own");
        assertEquals(128 + 156 + answer.length - ETHERNET, director.statistics.sum(row, Statistics.OUT_BYTES));
    }

    @Test
    void shouldPassOnOtherErrorsWithWhatTheySay() {
        serve(Tunnel.IPIP);
        final byte[] sent = director.forward(packet().build());

        final byte[] told = answerTo(error("0b0100000000abcd", sent));

        assertEquals(0x0b01, u16(told, ICMP));
        assertEquals(0xabcd, u16(told, ICMP + 6));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(told, ICMP, told.length)));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(told, ETHERNET, ICMP)));
    }

    @Test
    void shouldNotTellClientThatAllowsDivision() {
        serve(Tunnel.IPIP);
        final byte[] sent = director.forward(packet().fragment(0).build());

        assertNull(answerTo(error(FRAGMENTATION_NEEDED, sent)));

        assertEquals(1, director.packets(Verdict.DROP_TUNNEL_ERROR));
        assertNull(director.forward(packet().payload(1400).build()), "it was learnt nevertheless");
    }

    @Test
    void shouldLimitErrorsToOneClient() {
        serve(Tunnel.IPIP);
        final byte[] sent = director.forward(packet().build());
        int told = 0;
        for (int i = 0; i < 10; i++) {
            told += answerTo(error("0303000000000000", sent)) == null ? 0 : 1;
        }
        assertEquals(IcmpLimiter.CLIENT_BURST, told);
        assertEquals(10 - told, director.packets(Verdict.DROP_TUNNEL_ERROR));
    }

    @Test
    void shouldHandErrorToHostGivenItKnowsNoWayToTheClient() {
        serve(Tunnel.IPIP);
        director.rules.clients(ClientWays.NONE);
        director.publish();
        final byte[] sent = director.forward(packet().build());

        assertNull(answerTo(error("0303000000000000", sent)));

        assertEquals(1, director.packets(Verdict.HOST_REPLY));
        assertEquals("0a000064c6336407",
            HexFormat.of().formatHex(director.handedToHost.get(0), ETHERNET + 12, ETHERNET + 20));
    }

    @Test
    void shouldLeaveToHostWhatIsAboutNoTunnelPacketOfOurs() {
        serve(tunnel("gue"));
        final byte[] sent = director.forward(packet().payload(100).build());
        final byte[] otherPort = sent.clone();
        otherPort[ETHERNET + 23]++;
        final byte[] otherServer = sent.clone();
        otherServer[ETHERNET + 19]++;
        final byte[] otherClient = sent.clone();
        otherClient[ETHERNET + 32 + 15]++;
        final byte[] otherVersion = sent.clone();
        otherVersion[ETHERNET + 28] = 0x40;
        final byte[] later = sent.clone();
        later[ETHERNET + 7] = 1;
        for (final byte[] each : new byte[][] {otherPort, otherServer, otherClient, otherVersion, later,
            Arrays.copyOf(sent, ETHERNET + 32 + 23), Arrays.copyOf(sent, ETHERNET + 8)}) {
            assertNull(answerTo(error(FRAGMENTATION_NEEDED, each)));
        }
        final byte[] elsewhere = error(FRAGMENTATION_NEEDED, sent);
        elsewhere[ETHERNET + 19] = 2;
        elsewhere[ETHERNET + 11]--;
        assertNull(answerTo(elsewhere));

        assertEquals(8, director.packets(Verdict.HOST_ICMP));
        assertNotNull(director.forward(packet().payload(1400).build()), "nothing was learnt");
    }

    @Test
    void shouldDropGivenWrongChecksum() {
        serve(Tunnel.IPIP);
        final byte[] damaged = error(FRAGMENTATION_NEEDED, director.forward(packet().payload(100).build()));
        damaged[damaged.length - 1] ^= 1;

        assertNull(answerTo(damaged));

        assertEquals(1, director.packets(Verdict.DROP_BAD_CHECKSUM));
        assertNotNull(director.forward(packet().payload(1400).build()), "nothing was learnt");
    }
}
