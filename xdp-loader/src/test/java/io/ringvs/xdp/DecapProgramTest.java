package io.ringvs.xdp;

import static io.ringvs.xdp.DecapVerdict.DROP_BROKEN;
import static io.ringvs.xdp.DecapVerdict.DROP_CHECKSUM;
import static io.ringvs.xdp.DecapVerdict.DROP_CONGESTION;
import static io.ringvs.xdp.DecapVerdict.PASS_FOREIGN;
import static io.ringvs.xdp.DecapVerdict.PASS_FRAGMENT;
import static io.ringvs.xdp.DecapVerdict.PASS_NOT_IP;
import static io.ringvs.xdp.DecapVerdict.PASS_NO_TUNNEL;
import static io.ringvs.xdp.DecapVerdict.PASS_NO_VIP;
import static io.ringvs.xdp.DecapVerdict.PASS_OTHER_HOST;
import static io.ringvs.xdp.DecapVerdict.UNWRAPPED_GRE;
import static io.ringvs.xdp.DecapVerdict.UNWRAPPED_GUE;
import static io.ringvs.xdp.DecapVerdict.UNWRAPPED_IPIP;
import static io.ringvs.xdp.TestFrames.IPV4;
import static io.ringvs.xdp.TestFrames.IPV6;
import static io.ringvs.xdp.TestFrames.UDP;
import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.ethernet;
import static io.ringvs.xdp.TestFrames.join;
import static io.ringvs.xdp.TestFrames.vlan;
import static io.ringvs.xdp.TunnelFrames.GRE;
import static io.ringvs.xdp.TunnelFrames.IPIP;
import static io.ringvs.xdp.TunnelFrames.SIX;
import static io.ringvs.xdp.TunnelFrames.gre;
import static io.ringvs.xdp.TunnelFrames.greWithChecksum;
import static io.ringvs.xdp.TunnelFrames.gue;
import static io.ringvs.xdp.TunnelFrames.packet;
import static io.ringvs.xdp.TunnelFrames.plainUdp;
import static io.ringvs.xdp.TunnelFrames.sum;
import static io.ringvs.xdp.TunnelFrames.udp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the decapsulation program makes of frames: the program itself, run by the kernel. */
class DecapProgramTest {
    private static final String DIRECTOR = "10.0.0.1";
    private static final String HOST = "10.0.0.20";
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "192.168.1.10";
    private static final String DIRECTOR6 = "2001:db8:1::1";
    private static final String HOST6 = "2001:db8:1::20";
    private static final String CLIENT6 = "2001:db8::7";
    private static final String VIP6 = "2001:db8::10";
    private static final int GUE_PORT = DecapProgram.DEFAULT_GUE_PORT;
    private static final int CONGESTED = 3;
    private static final byte[] NONE = {};
    /** Odd, so that the last byte of a checksum has no neighbour, and longer than one piece of its sum. */
    private static final int PAYLOAD = 301;
    private static final byte[] INNER = inner(0);
    private static final byte[] INNER6 = inner6(0);

    private static DecapRun program;

    @BeforeAll
    static void load() {
        program = new DecapRun(
            addresses(VIP, VIP6), addresses(HOST, HOST6, VIP));
    }

    @AfterAll
    static void unload() {
        program.close();
    }

    private static Set<WireAddress> addresses(final String... texts) {
        return Arrays.stream(texts).map((text) -> WireAddress.of(address(text))).collect(Collectors.toSet());
    }

    private static byte[] payload() {
        final byte[] bytes = new byte[PAYLOAD];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    private static byte[] inner(final int service) {
        return packet(CLIENT, VIP, UDP, service, udp(CLIENT, VIP, 53, payload()));
    }

    private static byte[] inner6(final int service) {
        return packet(CLIENT6, VIP6, UDP, service, udp(CLIENT6, VIP6, 53, payload()));
    }

    private static byte[] outer(final int protocol, final byte[] payload) {
        return join(ethernet(IPV4), packet(DIRECTOR, HOST, protocol, 0, payload));
    }

    private static byte[] outer6(final int protocol, final byte[] payload) {
        return join(ethernet(IPV6), packet(DIRECTOR6, HOST6, protocol, 0, payload));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tunnels")
    void shouldUnwrap(final String name, final DecapVerdict verdict, final byte[] frame, final byte[] inner) {
        assertEquals(verdict, program.verdict(frame));

        assertArrayEquals(join(ethernet(inner[0] >>> 4 == 4 ? IPV4 : IPV6), inner), program.output());
    }

    static Stream<Arguments> tunnels() {
        return Stream.of(new byte[][] {INNER, INNER6}).flatMap((inner) -> {
            final int protocol = inner == INNER ? IPIP : SIX;
            final int type = inner == INNER ? IPV4 : IPV6;
            final byte[] gue = gue(protocol, 0, NONE, inner);
            final byte[] direct = inner;
            final byte[] privateFlags = gue(protocol, 1, new byte[4], inner);
            final String kind = inner == INNER ? "4in" : "6in";
            return Stream.of(
                row(kind + "4", UNWRAPPED_IPIP, outer(protocol, inner), inner),
                row(kind + "6", UNWRAPPED_IPIP, outer6(protocol, inner), inner),
                row(kind + "4 GUE", UNWRAPPED_GUE, outer(UDP, plainUdp(GUE_PORT, gue)), inner),
                row(kind + "6 GUE", UNWRAPPED_GUE, outer6(UDP, plainUdp(GUE_PORT, gue)), inner),
                row(kind + "4 GUE, checksum", UNWRAPPED_GUE, outer(UDP, udp(DIRECTOR, HOST, GUE_PORT, gue)), inner),
                row(kind + "6 GUE, checksum", UNWRAPPED_GUE,
                    outer6(UDP, udp(DIRECTOR6, HOST6, GUE_PORT, gue)), inner),
                row(kind + "4 GUE, no private flag", UNWRAPPED_GUE,
                    outer(UDP, plainUdp(GUE_PORT, privateFlags)), inner),
                row(kind + "4 GUE without header, FOU", UNWRAPPED_GUE,
                    outer(UDP, plainUdp(GUE_PORT, direct)), inner),
                row(kind + "4 GRE", UNWRAPPED_GRE, outer(GRE, gre(0, type, inner)), inner),
                row(kind + "6 GRE", UNWRAPPED_GRE, outer6(GRE, gre(0, type, inner)), inner),
                row(kind + "4 GRE, checksum", UNWRAPPED_GRE, outer(GRE, greWithChecksum(type, inner)), inner),
                row(kind + "6 GRE, checksum", UNWRAPPED_GRE, outer6(GRE, greWithChecksum(type, inner)), inner));
        });
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"left", "foreign", "broken"})
    void shouldNotUnwrap(final String name, final DecapVerdict verdict, final byte[] frame) {
        assertEquals(verdict, program.verdict(frame));
    }

    static Stream<Arguments> left() {
        final byte[] fragment = packet(DIRECTOR, HOST, IPIP, 0, INNER);
        fragment[6] = 0x20;
        final byte[] later = packet(DIRECTOR, HOST, UDP, 0, INNER);
        later[7] = 9;
        final byte[] fragment6 = packet(DIRECTOR6, HOST6, 44, 0, join(TestFrames.fragment(SIX, 0, true), INNER6));
        return Stream.of(
            row("ARP", PASS_NOT_IP, join(ethernet(0x0806), new byte[28])),
            row("Ethernet header alone", PASS_NOT_IP, ethernet(IPV4)),
            row("IPv4 cut short", PASS_NOT_IP, join(ethernet(IPV4), new byte[19])),
            row("plain UDP", PASS_NO_TUNNEL, join(ethernet(IPV4), INNER)),
            row("plain UDP over IPv6", PASS_NO_TUNNEL, join(ethernet(IPV6), INNER6)),
            row("UDP to another port", PASS_NO_TUNNEL,
                outer(UDP, plainUdp(GUE_PORT + 1, gue(IPIP, 0, NONE, INNER)))),
            row("VRRP", PASS_NO_TUNNEL, outer(112, INNER)),
            row("IPIP to another host", PASS_OTHER_HOST,
                join(ethernet(IPV4), packet(DIRECTOR, "10.0.0.21", IPIP, 0, INNER))),
            row("GUE to another host", PASS_OTHER_HOST, join(ethernet(IPV6),
                packet(DIRECTOR6, "2001:db8:1::21", UDP, 0, plainUdp(GUE_PORT, gue(IPIP, 0, NONE, INNER))))),
            row("to a VIP that is no address of this host", PASS_OTHER_HOST,
                join(ethernet(IPV6), packet(DIRECTOR6, VIP6, IPIP, 0, INNER))),
            row("first fragment", PASS_FRAGMENT, join(ethernet(IPV4), fragment)),
            row("later fragment", PASS_FRAGMENT, join(ethernet(IPV4), later)),
            row("IPv6 fragment", PASS_FRAGMENT, join(ethernet(IPV6), fragment6)),
            row("not a VIP", PASS_NO_VIP, outer(IPIP, packet(CLIENT, "192.168.1.11", UDP, 0, payload()))),
            row("not a VIP, IPv6", PASS_NO_VIP,
                outer(GRE, gre(0, IPV6, packet(CLIENT6, "2001:db8::11", UDP, 0, payload())))),
            row("not a VIP, and congested", PASS_NO_VIP, join(ethernet(IPV4),
                packet(DIRECTOR, HOST, IPIP, CONGESTED, packet(CLIENT, "192.168.1.11", UDP, 0, payload())))));
    }

    static Stream<Arguments> foreign() {
        final byte[] control = gue(IPIP, 0, NONE, INNER);
        control[0] |= 0x20;
        final byte[] version = gue(IPIP, 0, NONE, INNER);
        version[0] |= (byte)0x80;
        final byte[] cut = Arrays.copyOf(outer(IPIP, INNER), 60);
        return Stream.of(
            row("GRE with a key", PASS_FOREIGN, outer(GRE, gre(0x2000, IPV4, join(new byte[4], INNER)))),
            row("GRE, version 1 (PPTP)", PASS_FOREIGN, outer(GRE, gre(0x0001, IPV4, INNER))),
            row("GRE of Ethernet", PASS_FOREIGN, outer(GRE, gre(0, 0x6558, INNER))),
            row("GRE header cut short", PASS_FOREIGN, outer(GRE, new byte[3])),
            row("GRE checksum cut short", PASS_FOREIGN, outer(GRE, gre(0x8000, IPV4, new byte[2]))),
            row("GUE control message", PASS_FOREIGN, outer(UDP, plainUdp(GUE_PORT, control))),
            row("GUE version 2", PASS_FOREIGN, outer(UDP, plainUdp(GUE_PORT, version))),
            row("GUE of Ethernet", PASS_FOREIGN, outer(UDP, plainUdp(GUE_PORT, gue(143, 0, NONE, INNER)))),
            row("GUE, unknown option", PASS_FOREIGN,
                outer(UDP, plainUdp(GUE_PORT, gue(IPIP, 2, new byte[4], INNER)))),
            row("GUE, unknown private flag", PASS_FOREIGN,
                outer(UDP, plainUdp(GUE_PORT, gue(IPIP, 1, new byte[] {0, 0, 0, 1}, INNER)))),
            row("GUE, option that is not there", PASS_FOREIGN,
                outer(UDP, plainUdp(GUE_PORT, gue(IPIP, 1, NONE, INNER)))),
            row("GUE, options past the end", PASS_FOREIGN,
                outer(UDP, plainUdp(GUE_PORT, Arrays.copyOf(gue(IPIP, 0, new byte[40], NONE), 20)))),
            row("GUE header cut short", PASS_FOREIGN, outer(UDP, plainUdp(GUE_PORT, new byte[3]))),
            row("UDP length past the end", PASS_FOREIGN, outer(UDP, Arrays.copyOf(
                plainUdp(GUE_PORT, gue(IPIP, 0, NONE, INNER)), 100))),
            row("outer packet cut short", PASS_FOREIGN, cut));
    }

    static Stream<Arguments> broken() {
        final byte[] wrongGre = greWithChecksum(IPV4, INNER);
        wrongGre[50] ^= 1;
        final byte[] wrongUdp = udp(DIRECTOR, HOST, GUE_PORT, gue(IPIP, 0, NONE, INNER));
        wrongUdp[wrongUdp.length - 1] ^= 1;
        final byte[] shortHeader = INNER.clone();
        shortHeader[0] = 0x44;
        final byte[] shortTotal = INNER.clone();
        shortTotal[2] = 0;
        shortTotal[3] = 19;
        return Stream.of(
            row("nothing inside", DROP_BROKEN, outer(IPIP, NONE)),
            row("inner IPv4 header cut short", DROP_BROKEN, outer(IPIP, Arrays.copyOf(INNER, 19))),
            row("inner IPv4 packet cut short", DROP_BROKEN, outer(IPIP, Arrays.copyOf(INNER, INNER.length - 1))),
            row("the outer length ends the inner packet, not the frame", DROP_BROKEN,
                join(outer(IPIP, Arrays.copyOf(INNER, INNER.length - 1)), new byte[1])),
            row("inner IPv6 header cut short", DROP_BROKEN, outer(SIX, Arrays.copyOf(INNER6, 39))),
            row("inner IPv6 packet cut short", DROP_BROKEN,
                outer6(SIX, Arrays.copyOf(INNER6, INNER6.length - 1))),
            row("IPv6 announced as IPv4", DROP_BROKEN, outer(IPIP, INNER6)),
            row("IPv4 announced as IPv6", DROP_BROKEN, outer(SIX, INNER)),
            row("header length below 5 words", DROP_BROKEN, outer(IPIP, shortHeader)),
            row("total length below the header's", DROP_BROKEN, outer(IPIP, shortTotal)),
            row("GRE checksum wrong", DROP_CHECKSUM, outer(GRE, wrongGre)),
            row("UDP checksum wrong", DROP_CHECKSUM, outer(UDP, wrongUdp)),
            row("remote checksum past the end", DROP_BROKEN, remoteChecksum(20, INNER.length - 1)),
            row("remote checksum from past the end", DROP_BROKEN, remoteChecksum(0xfffe, 26)),
            row("remote checksum from an odd byte", DROP_BROKEN, remoteChecksum(21, 26)),
            row("congestion for ends that do not know it", DROP_CONGESTION,
                join(ethernet(IPV4), packet(DIRECTOR, HOST, IPIP, CONGESTED, INNER))),
            row("congestion for ends that do not know it, IPv6", DROP_CONGESTION,
                join(ethernet(IPV6), packet(DIRECTOR6, HOST6, SIX, CONGESTED, INNER6))));
    }

    private static byte[] remoteChecksum(final int from, final int to) {
        return outer(UDP, plainUdp(GUE_PORT, gue(IPIP, 1,
            ByteBuffer.allocate(8).putInt(0x80000000).putShort((short)from).putShort((short)to).array(), INNER)));
    }

    @Test
    void shouldFinishRemoteChecksum() {
        final byte[] unfinished = INNER.clone();
        final byte[] pseudo = join(address(CLIENT).getAddress(), address(VIP).getAddress());
        final int udpLength = INNER.length - 20;
        ByteBuffer.wrap(unfinished).putShort(26, (short)sum(pseudo, UDP + udpLength));
        final byte[] options =
            ByteBuffer.allocate(8).putInt(0x80000000).putShort((short)20).putShort((short)26).array();

        assertEquals(UNWRAPPED_GUE, program.verdict(
            outer(UDP, udp(DIRECTOR, HOST, GUE_PORT, gue(IPIP, 1, options, unfinished)))));

        assertArrayEquals(join(ethernet(IPV4), INNER), program.output());
    }

    @Test
    void shouldTellCongestionOfTheTunnel() {
        for (final int service : new int[] {1, 2, 3, 0xb9}) {
            program.verdict(join(ethernet(IPV4), packet(DIRECTOR, HOST, IPIP, CONGESTED, inner(service))));
            assertArrayEquals(join(ethernet(IPV4), inner(service | CONGESTED)), program.output());

            program.verdict(join(ethernet(IPV4), packet(DIRECTOR, HOST, SIX, CONGESTED, inner6(service))));
            assertArrayEquals(join(ethernet(IPV6), inner6(service | CONGESTED)), program.output());
        }
    }

    @Test
    void shouldKeepTagsAndAddressesOfTheFrame() {
        final byte[] outer = packet(DIRECTOR6, HOST6, IPIP, 0, INNER);
        assertEquals(UNWRAPPED_IPIP, program.verdict(join(ethernet(0x8100), vlan(0x6005, IPV6), outer)));
        assertArrayEquals(join(ethernet(0x8100), vlan(0x6005, IPV4), INNER), program.output());

        assertEquals(UNWRAPPED_IPIP, program.verdict(join(ethernet(0x88a8), vlan(7, 0x8100), vlan(5, IPV6), outer)));
        assertArrayEquals(join(ethernet(0x88a8), vlan(7, 0x8100), vlan(5, IPV4), INNER), program.output());
    }

    @Test
    void shouldCarryOptionsAndPaddingOfTheOuterPacket() {
        final byte[] plain = packet(DIRECTOR, HOST, IPIP, 0, INNER);
        final byte[] withOptions =
            join(Arrays.copyOf(plain, 20), new byte[] {1, 1, 1, 0}, Arrays.copyOfRange(plain, 20, plain.length));
        withOptions[0] = 0x46;
        ByteBuffer.wrap(withOptions).putShort(2, (short)withOptions.length);

        assertEquals(UNWRAPPED_IPIP, program.verdict(join(ethernet(IPV4), withOptions, new byte[6])));

        assertArrayEquals(join(ethernet(IPV4), INNER, new byte[6]), program.output());
    }

    @Test
    void shouldFollowTheAddressesOfTheHost() {
        final byte[] frame = join(ethernet(IPV4), packet(DIRECTOR, "10.0.0.77", IPIP, 0, INNER));
        try (DecapRun run = new DecapRun(addresses(VIP), Set.of())) {
            assertEquals(PASS_OTHER_HOST, run.verdict(frame));
            run.program.hostAddresses(addresses("10.0.0.77", HOST));
            assertEquals(UNWRAPPED_IPIP, run.verdict(frame));
            run.program.hostAddresses(addresses(HOST));
            assertEquals(PASS_OTHER_HOST, run.verdict(frame));
        }
    }

    @Test
    void shouldSayThatThereAreTooManyAddresses() {
        final Set<WireAddress> many = new HashSet<>();
        for (int i = 0; i <= DecapAddresses.MAX_ADDRESSES; i++) {
            many.addAll(addresses("10.7." + i / 256 + "." + i % 256));
        }
        try (DecapRun run = new DecapRun(addresses(VIP), Set.of())) {
            final XdpException e = assertThrows(XdpException.class, () -> run.program.hostAddresses(many));
            assertTrue(e.getMessage().contains("more than 4096 addresses"), e::getMessage);
        }
    }

    /** Neither cut short nor spoilt frames crash it, and it unwraps nothing that is not a whole packet to a VIP. */
    @Test
    void shouldBearAnyBytes() {
        final long seed = Long.getLong("seed", System.nanoTime());
        final Random random = new Random(seed);
        final byte[][] frames = Stream.concat(tunnels(), Stream.concat(foreign(), broken()))
            .map((arguments) -> (byte[])arguments.get()[2]).toArray(byte[][]::new);
        final Set<DecapVerdict> seen = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            final byte[] whole = frames[random.nextInt(frames.length)];
            final byte[] frame = random.nextBoolean() ? whole.clone()
                : Arrays.copyOf(whole, 14 + random.nextInt(whole.length - 13));
            for (int changes = random.nextInt(4); changes > 0; changes--) {
                frame[random.nextInt(Math.min(frame.length, 110))] = (byte)random.nextInt(256);
            }
            final DecapVerdict verdict = program.verdict(frame);
            seen.add(verdict);
            if (verdict.isUnwrapped()) {
                assertTrue(isWholePacketToVip(program.output()),
                    () -> "-Dseed=" + seed + ", frame " + HexFormat.of().formatHex(frame));
            }
        }
        assertTrue(seen.size() >= DecapVerdict.values().length - 2, () -> "verdicts that occurred: " + seen);
    }

    private static boolean isWholePacketToVip(final byte[] frame) {
        final ByteBuffer bytes = ByteBuffer.wrap(frame);
        final int tags = (bytes.getShort(12) & 0xffff) == 0x8100 || (bytes.getShort(12) & 0xffff) == 0x88a8 ? 4 : 0;
        final int packet = 14 + tags;
        final boolean ipv4 = bytes.getShort(packet - 2) == IPV4;
        final int length = ipv4 ? bytes.getShort(packet + 2) & 0xffff : 40 + (bytes.getShort(packet + 4) & 0xffff);
        final byte[] destination = ipv4 ? Arrays.copyOfRange(frame, packet + 16, packet + 20)
            : Arrays.copyOfRange(frame, packet + 24, packet + 40);
        return bytes.get(packet) >>> 4 == (ipv4 ? 4 : 6) && packet + length <= frame.length
            && Arrays.equals(destination, address(ipv4 ? VIP : VIP6).getAddress());
    }

    @Test
    void shouldListVerdictsInTheOrderOfTheHeader() throws IOException {
        final String header = Files.readString(Path.of("src", "main", "bpf", "decap.h"));
        final int start = header.indexOf("enum decap_verdict {");
        final String[] names = header.substring(header.indexOf('{', start) + 1, header.indexOf('}', start))
            .replaceAll("\\s", "").split(",");
        assertArrayEquals(Arrays.copyOf(names, names.length - 1),
            Arrays.stream(DecapVerdict.values()).map(Enum::name).toArray());
        assertTrue(header.contains("DECAP_HOST\t0x" + DecapAddresses.HOST + "u"), header);
        assertTrue(header.contains("DECAP_VIP\t0x" + DecapAddresses.VIP + "u"), header);
    }

    private static Arguments row(final Object... cells) {
        return Arguments.of(cells);
    }
}
