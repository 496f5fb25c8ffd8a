package io.ringvs.xdp;

import static io.ringvs.xdp.TestFrames.IPV4;
import static io.ringvs.xdp.TestFrames.IPV6;
import static io.ringvs.xdp.TestFrames.MORE_FRAGMENTS;
import static io.ringvs.xdp.TestFrames.SCTP;
import static io.ringvs.xdp.TestFrames.TCP;
import static io.ringvs.xdp.TestFrames.UDP;
import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.authentication;
import static io.ringvs.xdp.TestFrames.ethernet;
import static io.ringvs.xdp.TestFrames.extension;
import static io.ringvs.xdp.TestFrames.fragment;
import static io.ringvs.xdp.TestFrames.hex;
import static io.ringvs.xdp.TestFrames.icmp;
import static io.ringvs.xdp.TestFrames.ipv4;
import static io.ringvs.xdp.TestFrames.ipv6;
import static io.ringvs.xdp.TestFrames.join;
import static io.ringvs.xdp.TestFrames.ports;
import static io.ringvs.xdp.TestFrames.vlan;
import static io.ringvs.xdp.XdpVerdict.PASS_NOT_IP;
import static io.ringvs.xdp.XdpVerdict.PASS_NO_SERVICE;
import static io.ringvs.xdp.XdpVerdict.PASS_NO_SOCKET;
import static io.ringvs.xdp.XdpVerdict.PASS_OTHER_MAC;
import static io.ringvs.xdp.XdpVerdict.PASS_TO_HOST;
import static io.ringvs.xdp.XdpVerdict.PASS_VLAN;
import static io.ringvs.xdp.XdpVerdict.STEERED_FRAGMENT;
import static io.ringvs.xdp.XdpVerdict.STEERED_ICMP_ERROR;
import static io.ringvs.xdp.XdpVerdict.STEERED_MALFORMED;
import static io.ringvs.xdp.XdpVerdict.STEERED_REPLY;
import static io.ringvs.xdp.XdpVerdict.STEERED_SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the steering program makes of frames: the program itself, run by the kernel. */
class SteeringVerdictTest {
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "192.168.1.10";
    private static final String UDP_VIP = "192.168.1.11";
    private static final String ANY_PORT_VIP = "192.168.1.12";
    private static final String SERVER = "10.0.0.20";
    private static final String HOST = "10.0.0.1";
    private static final String CLIENT6 = "2001:db8::7";
    private static final String VIP6 = "2001:db8::10";
    private static final String SERVER6 = "2001:db8:1::20";
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int ESP = 50;
    private static final int AH = 51;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int ICMP = 1;
    private static final int ICMP6 = 58;

    private static ProgramRun program;

    @BeforeAll
    static void load() {
        program = new ProgramRun().withSocket();
        program.steering.replaceAll(Set.of(
            SteeringEntry.service(address(VIP), TCP, 80),
            SteeringEntry.service(address(VIP), SCTP, 9000),
            SteeringEntry.service(address(UDP_VIP), UDP, 53),
            SteeringEntry.service(address(UDP_VIP), UDP, 500),
            SteeringEntry.service(address(ANY_PORT_VIP), TCP, 0),
            SteeringEntry.service(address(VIP6), TCP, 443),
            SteeringEntry.server(address(SERVER), TCP, 80),
            SteeringEntry.server(address(SERVER6), UDP, 0),
            SteeringEntry.host(address(HOST))));
        program.vlanMap.replaceAll(Map.of(
            VlanMap.tag(0x8100, 100), hex("020000000064"),
            VlanMap.tag(0x88a8, 7) | VlanMap.tag(0x8100, 100) << 32, TestFrames.HOST_MAC));
        program.hostMacs.addOther(new byte[]{0, 0, 0x5e, 0, 1, 7});
    }

    @AfterAll
    static void unload() {
        program.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({"ethernetFrames", "ipv4Frames", "ipv6Frames", "fragments", "icmpFrames", "replies"})
    void shouldJudge(final String description, final XdpVerdict expected, final byte[] frame) {
        assertEquals(expected, program.verdict(frame), description);
    }

    static Stream<Arguments> ethernetFrames() {
        final byte[] packet = join(ipv4(CLIENT, VIP, TCP), ports(4000, 80));
        return Stream.of(
            row("ARP", PASS_NOT_IP, ethernet(0x0806), new byte[28]),
            row("LLDP", PASS_NOT_IP, ethernet(0x88cc), new byte[28]),
            row("Ethernet header alone", PASS_NOT_IP, ethernet(IPV4)),
            row("untagged", STEERED_SERVICE, ethernet(IPV4), packet),
            row("802.1Q", PASS_VLAN, ethernet(0x8100), vlan(5, IPV4), packet),
            row("802.1ad", PASS_VLAN, ethernet(0x88a8), vlan(5, IPV4), packet),
            row("QinQ", PASS_VLAN, ethernet(0x88a8), vlan(5, 0x8100), vlan(6, IPV4), packet),
            row("priority", STEERED_SERVICE, ethernet(0x8100), vlan(0xe000, IPV4), packet),
            row("802.1ad priority", STEERED_SERVICE, ethernet(0x88a8), vlan(0xe000, IPV4), packet),
            row("two priorities", STEERED_SERVICE, ethernet(0x88a8), vlan(0, 0x8100), vlan(0, IPV4), packet),
            row("VLAN behind a priority", PASS_VLAN, ethernet(0x8100), vlan(0, 0x8100), vlan(5, IPV4), packet),
            row("own VLAN", STEERED_SERVICE, ethernet(0x8100), vlan(100, IPV4), packet),
            row("own VLAN, with a priority", STEERED_SERVICE, ethernet(0x8100), vlan(0xe064, IPV4), packet),
            row("own VLAN behind a priority", STEERED_SERVICE,
                ethernet(0x8100), vlan(0, 0x8100), vlan(100, IPV4), packet),
            row("own VLAN, MAC of its interface", STEERED_SERVICE,
                ethernet(hex("020000000064"), 0x8100), vlan(100, IPV4), packet),
            row("no VLAN, MAC of a VLAN's interface", PASS_OTHER_MAC, ethernet(hex("020000000064"), IPV4), packet),
            row("own VLAN, other MAC", PASS_OTHER_MAC,
                ethernet(TestFrames.OTHER_MAC, 0x8100), vlan(100, IPV4), packet),
            row("own number, other kind of tag", PASS_VLAN, ethernet(0x88a8), vlan(100, IPV4), packet),
            row("own number within another VLAN", PASS_VLAN,
                ethernet(0x8100), vlan(5, 0x8100), vlan(100, IPV4), packet),
            row("own QinQ", STEERED_SERVICE, ethernet(0x88a8), vlan(7, 0x8100), vlan(100, IPV4), packet),
            row("outer tag of own QinQ alone", PASS_VLAN, ethernet(0x88a8), vlan(7, IPV4), packet),
            row("own VLAN, ARP", PASS_NOT_IP, ethernet(0x8100), vlan(100, 0x0806), new byte[28]),
            row("own VLAN, no service", PASS_NO_SERVICE,
                ethernet(0x8100), vlan(100, IPV4), ipv4(CLIENT, VIP, TCP), ports(4000, 81)),
            row("three tags", PASS_NOT_IP,
                ethernet(0x88a8), vlan(0, 0x8100), vlan(0, 0x8100), vlan(0, IPV4), packet),
            row("tag cut short", PASS_NOT_IP, ethernet(0x8100), new byte[3]),
            row("tagged ARP", PASS_NOT_IP, ethernet(0x8100), vlan(0, 0x0806), new byte[28]),
            row("flooded to another host", PASS_OTHER_MAC, ethernet(TestFrames.OTHER_MAC, IPV4), packet),
            row("broadcast", PASS_OTHER_MAC, ethernet(hex("ffffffffffff"), IPV4), packet),
            row("multicast", PASS_OTHER_MAC, ethernet(hex("01005e000001"), IPV4), packet),
            row("MAC that differs in its last byte", PASS_OTHER_MAC, ethernet(hex("020000000002"), IPV4), packet),
            row("VRRP MAC", STEERED_SERVICE, ethernet(hex("00005e000107"), IPV4), packet));
    }

    static Stream<Arguments> ipv4Frames() {
        final byte[] ethernet = ethernet(IPV4);
        final byte[] badVersion = ipv4(CLIENT, VIP, TCP);
        badVersion[0] = 0x55;
        final byte[] shortLength = ipv4(CLIENT, VIP, TCP);
        shortLength[0] = 0x44;
        return Stream.of(
            row("TCP service", STEERED_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP), ports(4000, 80)),
            row("TCP service with padding", STEERED_SERVICE,
                ethernet, ipv4(CLIENT, VIP, TCP), ports(4000, 80), new byte[6]),
            row("4 bytes of options", STEERED_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP, 4, 0), ports(4000, 80)),
            row("40 bytes of options", STEERED_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP, 40, 0), ports(4000, 80)),
            row("options, port without service", PASS_NO_SERVICE,
                ethernet, ipv4(CLIENT, VIP, TCP, 40, 0), ports(80, 4000)),
            row("DF set", STEERED_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP, 0, 0x4000), ports(4000, 80)),
            row("ssh to the VIP", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP), ports(4000, 22)),
            row("port bytes swapped", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, TCP), ports(4000, 0x5000)),
            row("UDP to a TCP service", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, UDP), ports(4000, 80)),
            row("UDP service", STEERED_SERVICE, ethernet, ipv4(CLIENT, UDP_VIP, UDP), ports(4000, 53)),
            row("SCTP service", STEERED_SERVICE, ethernet, ipv4(CLIENT, VIP, SCTP), ports(4000, 9000)),
            row("SCTP, other port", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, SCTP), ports(4000, 9001)),
            row("port-0 service", STEERED_SERVICE, ethernet, ipv4(CLIENT, ANY_PORT_VIP, TCP), ports(4000, 12345)),
            row("port-0 service, port 0", STEERED_SERVICE, ethernet, ipv4(CLIENT, ANY_PORT_VIP, TCP), ports(4000, 0)),
            row("port-0 service, UDP", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, ANY_PORT_VIP, UDP), ports(4000, 53)),
            row("not a VIP", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, "192.168.1.13", TCP), ports(4000, 80)),
            row("from the VIP", PASS_NO_SERVICE, ethernet, ipv4(VIP, CLIENT, TCP), ports(80, 4000)),
            row("protocol without ports to the VIP", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, 112), ports(1, 80)),
            row("ESP where keys are exchanged", STEERED_SERVICE, ethernet, ipv4(CLIENT, UDP_VIP, ESP)),
            row("AH where keys are exchanged", STEERED_SERVICE, ethernet, ipv4(CLIENT, UDP_VIP, AH)),
            row("later fragment of ESP", STEERED_FRAGMENT, ethernet, ipv4(CLIENT, UDP_VIP, ESP, 0, 100)),
            row("ESP elsewhere", PASS_NO_SERVICE, ethernet, ipv4(CLIENT, VIP, ESP)),
            row("IPv6 in an IPv4 frame", PASS_NOT_IP, ethernet, ipv6(CLIENT6, VIP6, TCP), ports(4000, 443)),
            row("version 5", PASS_NOT_IP, ethernet, badVersion, ports(4000, 80)),
            row("header length below 5 words", STEERED_MALFORMED, ethernet, shortLength, ports(4000, 80)),
            row("options go on past the frame", STEERED_MALFORMED,
                ethernet, Arrays.copyOf(ipv4(CLIENT, VIP, TCP, 40, 0), 24)));
    }

    static Stream<Arguments> ipv6Frames() {
        final byte[] ethernet = ethernet(IPV6);
        final byte[] transport = ports(4000, 443);
        return Stream.of(
            row("TCP service", STEERED_SERVICE, ethernet, ipv6(CLIENT6, VIP6, TCP), transport),
            row("other port", PASS_NO_SERVICE, ethernet, ipv6(CLIENT6, VIP6, TCP), ports(443, 4000)),
            row("not a VIP", PASS_NO_SERVICE, ethernet, ipv6(CLIENT6, "2001:db8::11", TCP), transport),
            row("address whose first 4 bytes are an IPv4 VIP's", PASS_NO_SERVICE,
                ethernet, ipv6(CLIENT6, "c0a8:010a::", TCP), ports(4000, 80)),
            row("hop-by-hop", STEERED_SERVICE,
                ethernet, ipv6(CLIENT6, VIP6, HOP_BY_HOP), extension(TCP, 0), transport),
            row("hop-by-hop of 2048 bytes", STEERED_SERVICE,
                ethernet, ipv6(CLIENT6, VIP6, HOP_BY_HOP), extension(TCP, 255), transport),
            row("every kind of extension", STEERED_SERVICE,
                ethernet, ipv6(CLIENT6, VIP6, HOP_BY_HOP), extension(DESTINATION_OPTIONS, 1),
                extension(ROUTING, 2), extension(FRAGMENT, 0), fragment(AH, 0, false),
                authentication(DESTINATION_OPTIONS, 4), extension(TCP, 0), transport),
            row("authentication counts in words of 4", STEERED_SERVICE,
                ethernet, ipv6(CLIENT6, VIP6, AH), authentication(TCP, 1), transport),
            row("8 extensions", STEERED_SERVICE, ethernet, extensions(8), transport),
            row("9 extensions", STEERED_MALFORMED, ethernet, extensions(9), transport),
            row("chain cut short", STEERED_MALFORMED, ethernet, ipv6(CLIENT6, VIP6, HOP_BY_HOP), new byte[7]),
            row("chain past the frame", STEERED_MALFORMED,
                ethernet, ipv6(CLIENT6, VIP6, HOP_BY_HOP), Arrays.copyOf(extension(TCP, 9), 40)),
            row("chain cut short, not a VIP", PASS_NO_SERVICE,
                ethernet, ipv6(CLIENT6, CLIENT6, HOP_BY_HOP), new byte[7]),
            row("no next header", PASS_NO_SERVICE, ethernet, ipv6(CLIENT6, VIP6, 59), transport),
            row("ESP", PASS_NO_SERVICE, ethernet, ipv6(CLIENT6, VIP6, ESP), transport),
            row("ESP of a real server", STEERED_REPLY, ethernet, ipv6(SERVER6, CLIENT6, ESP)),
            row("header cut short", PASS_NOT_IP, ethernet, Arrays.copyOf(ipv6(CLIENT6, VIP6, TCP), 39)),
            row("VLAN", PASS_VLAN, ethernet(0x8100), vlan(5, IPV6), ipv6(CLIENT6, VIP6, TCP), transport),
            row("priority", STEERED_SERVICE,
                ethernet(0x8100), vlan(0xe000, IPV6), ipv6(CLIENT6, VIP6, TCP), transport),
            row("IPv4 in an IPv6 frame", PASS_NOT_IP, ethernet, ipv4(CLIENT, VIP, TCP), ports(4000, 80), transport));
    }

    private static byte[] extensions(final int count) {
        byte[] frame = ipv6(CLIENT6, VIP6, DESTINATION_OPTIONS);
        for (int i = 1; i <= count; i++) {
            frame = join(frame, extension(i == count ? TCP : DESTINATION_OPTIONS, 0));
        }
        return frame;
    }

    static Stream<Arguments> fragments() {
        final byte[] four = ethernet(IPV4);
        final byte[] six = ethernet(IPV6);
        return Stream.of(
            row("first, of a service", STEERED_FRAGMENT,
                four, ipv4(CLIENT, UDP_VIP, UDP, 0, MORE_FRAGMENTS), ports(4000, 53)),
            row("first, port without service: its later ones cannot be told", STEERED_FRAGMENT,
                four, ipv4(CLIENT, UDP_VIP, UDP, 0, MORE_FRAGMENTS), ports(4000, 54)),
            row("middle", STEERED_FRAGMENT, four, ipv4(CLIENT, UDP_VIP, UDP, 0, MORE_FRAGMENTS | 3), ports(1, 1)),
            row("last", STEERED_FRAGMENT, four, ipv4(CLIENT, UDP_VIP, UDP, 0, 185), ports(1, 1)),
            row("last, one byte of payload", STEERED_FRAGMENT, four, ipv4(CLIENT, UDP_VIP, UDP, 0, 185), new byte[1]),
            row("of a protocol that the VIP does not serve", PASS_NO_SERVICE,
                four, ipv4(CLIENT, UDP_VIP, TCP, 0, 185), ports(1, 1)),
            row("of a port-0 service", STEERED_FRAGMENT, four, ipv4(CLIENT, ANY_PORT_VIP, TCP, 0, 185), ports(1, 1)),
            row("not a VIP", PASS_NO_SERVICE, four, ipv4(CLIENT, CLIENT, UDP, 0, 185), ports(4000, 53)),
            row("ICMP", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP, 0, 185), icmp(3)),
            row("IPv6 first", STEERED_FRAGMENT,
                six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(TCP, 0, true), ports(4000, 443)),
            row("IPv6 first, behind options", STEERED_FRAGMENT,
                six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(DESTINATION_OPTIONS, 0, true), extension(TCP, 0),
                ports(4000, 443)),
            row("IPv6 later", STEERED_FRAGMENT, six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(TCP, 9, false)),
            row("IPv6 later, protocol not served", PASS_NO_SERVICE,
                six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(UDP, 9, false), ports(4000, 443)),
            row("IPv6 atomic fragment is a whole packet", STEERED_SERVICE,
                six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(TCP, 0, false), ports(4000, 443)),
            row("IPv6 atomic fragment, other port", PASS_NO_SERVICE,
                six, ipv6(CLIENT6, VIP6, FRAGMENT), fragment(TCP, 0, false), ports(4000, 444)));
    }

    static Stream<Arguments> icmpFrames() {
        final byte[] four = ethernet(IPV4);
        final byte[] six = ethernet(IPV6);
        final byte[] quoted = join(ipv4(VIP, CLIENT, TCP), ports(80, 4000));
        final byte[] quoted6 = join(ipv6(VIP6, CLIENT6, TCP), ports(443, 4000));
        return Stream.of(
            row("echo", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP), icmp(8)),
            row("echo reply", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP), icmp(0)),
            row("redirect", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP), icmp(5), quoted),
            row("unreachable", STEERED_ICMP_ERROR, four, ipv4(CLIENT, VIP, ICMP), icmp(3), quoted),
            row("source quench", STEERED_ICMP_ERROR, four, ipv4(CLIENT, VIP, ICMP), icmp(4), quoted),
            row("time exceeded", STEERED_ICMP_ERROR, four, ipv4(CLIENT, VIP, ICMP), icmp(11), quoted),
            row("parameter problem", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP), icmp(12), quoted),
            row("unreachable, nothing quoted", STEERED_ICMP_ERROR, four, ipv4(CLIENT, VIP, ICMP), icmp(3)),
            row("unreachable behind options", STEERED_ICMP_ERROR, four, ipv4(CLIENT, VIP, ICMP, 8, 0), icmp(3)),
            row("unreachable, not a VIP", PASS_NO_SERVICE, four, ipv4(CLIENT, CLIENT, ICMP), icmp(3), quoted),
            row("ICMPv6 number in IPv4", PASS_NO_SERVICE, four, ipv4(CLIENT, VIP, ICMP6), icmp(3), quoted),
            row("ICMP cut short", STEERED_MALFORMED, four, ipv4(CLIENT, VIP, ICMP), new byte[3]),
            row("packet too big", STEERED_ICMP_ERROR, six, ipv6(CLIENT6, VIP6, ICMP6), icmp(2), quoted6),
            row("any ICMPv6 error", STEERED_ICMP_ERROR, six, ipv6(CLIENT6, VIP6, ICMP6), icmp(127), quoted6),
            row("ICMPv6 echo", PASS_NO_SERVICE, six, ipv6(CLIENT6, VIP6, ICMP6), icmp(128)),
            row("neighbour solicitation", PASS_NO_SERVICE, six, ipv6(CLIENT6, VIP6, ICMP6), icmp(135)),
            row("ICMP number in IPv6", PASS_NO_SERVICE, six, ipv6(CLIENT6, VIP6, ICMP), icmp(3), quoted6));
    }

    static Stream<Arguments> replies() {
        final byte[] four = ethernet(IPV4);
        final byte[] six = ethernet(IPV6);
        return Stream.of(
            row("reply", STEERED_REPLY, four, ipv4(SERVER, CLIENT, TCP), ports(80, 4000)),
            row("from another port of the server", PASS_NO_SERVICE, four, ipv4(SERVER, CLIENT, TCP), ports(81, 4000)),
            row("to the server", PASS_NO_SERVICE, four, ipv4(CLIENT, SERVER, TCP), ports(4000, 80)),
            row("health check's answer", PASS_TO_HOST, four, ipv4(SERVER, HOST, TCP), ports(80, 4000)),
            row("server as a client of a VIP", STEERED_SERVICE, four, ipv4(SERVER, VIP, TCP), ports(80, 80)),
            row("fragment of a reply", STEERED_FRAGMENT, four, ipv4(SERVER, CLIENT, TCP, 0, 99), ports(0, 0)),
            row("fragment to the host", PASS_TO_HOST, four, ipv4(SERVER, HOST, TCP, 0, 99), ports(0, 0)),
            row("port-0 server", STEERED_REPLY, six, ipv6(SERVER6, CLIENT6, UDP), ports(9, 4000)),
            row("port-0 server, other protocol", PASS_NO_SERVICE, six, ipv6(SERVER6, CLIENT6, TCP), ports(9, 4000)),
            row("router's error about what we sent to a server", STEERED_ICMP_ERROR,
                four, ipv4("10.0.0.99", CLIENT, ICMP), icmp(3), ipv4(CLIENT, SERVER, TCP), ports(4000, 80)),
            row("ICMPv6 error about what we sent to a server", STEERED_ICMP_ERROR,
                six, ipv6("2001:db8:1::99", CLIENT6, ICMP6), icmp(1), ipv6(CLIENT6, SERVER6, UDP), ports(4000, 9)),
            row("router's error about other traffic", PASS_NO_SERVICE,
                four, ipv4("10.0.0.99", CLIENT, ICMP), icmp(3), ipv4(CLIENT, HOST, TCP), ports(4000, 80)));
    }

    private static Arguments row(final String description, final XdpVerdict expected, final byte[]... parts) {
        return Arguments.of(description, expected, join(parts));
    }

    @Test
    void shouldJudgeEveryTruncationOfServiceFrames() {
        final byte[] four = join(ethernet(0x88a8), vlan(0, 0x8100), vlan(0, IPV4), ipv4(CLIENT, VIP, TCP, 8, 0),
            ports(4000, 80));
        final int readable4 = 14 + 8 + 20;
        final int ports4 = readable4 + 8 + 4;
        for (int length = 14; length <= four.length; length++) {
            final XdpVerdict expected = length < readable4 ? PASS_NOT_IP
                : length < ports4 ? STEERED_MALFORMED : STEERED_SERVICE;
            assertEquals(expected, program.verdict(Arrays.copyOf(four, length)), "IPv4, " + length + " bytes");
        }
        final byte[] six = join(ethernet(IPV6), ipv6(CLIENT6, VIP6, HOP_BY_HOP), extension(AH, 1),
            authentication(TCP, 3), ports(4000, 443));
        final int readable6 = 14 + 40;
        final int ports6 = readable6 + 16 + 20 + 4;
        for (int length = 14; length <= six.length; length++) {
            final XdpVerdict expected = length < readable6 ? PASS_NOT_IP
                : length < ports6 ? STEERED_MALFORMED : STEERED_SERVICE;
            assertEquals(expected, program.verdict(Arrays.copyOf(six, length)), "IPv6, " + length + " bytes");
        }
    }

    @Test
    void shouldGiveEveryFrameAVerdictGivenRandomBytes() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            final byte[] noise = new byte[random.nextInt(160)];
            random.nextBytes(noise);
            final boolean four = random.nextBoolean();
            final int next = random.nextInt(64);
            final byte[] frame = four
                ? join(ethernet(IPV4), ipv4(CLIENT, VIP, next, 4 * random.nextInt(11), random.nextInt(0x4000)), noise)
                : join(ethernet(IPV6), ipv6(CLIENT6, VIP6, next), noise);
            final XdpVerdict verdict = program.verdict(Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13)));
            assertTrue(verdict != PASS_OTHER_MAC && verdict != PASS_NO_SOCKET && verdict != PASS_TO_HOST,
                () -> verdict + " with seed " + seed);
        }
    }

    @Test
    void shouldPassToKernelGivenQueueHasNoLiveSocket() {
        final byte[] frame = join(ethernet(IPV4), ipv4(CLIENT, VIP, TCP), ports(4000, 80));
        try (ProgramRun run = new ProgramRun()) {
            run.steering.put(SteeringEntry.service(address(VIP), TCP, 80));
            assertEquals(PASS_NO_SOCKET, run.verdict(frame), "no socket yet");

            run.withSocket();
            assertEquals(STEERED_SERVICE, run.verdict(frame));
            run.closeSocket();
            assertEquals(PASS_NO_SOCKET, run.verdict(frame), "the kernel removed the closed socket");

            run.withSocket();
            run.xskMap.remove(0);
            run.xskMap.remove(0);
            assertEquals(PASS_NO_SOCKET, run.verdict(frame), "the socket was taken away");
        }
    }

    @Test
    void shouldFollowMacAddressesOfTheInterface() {
        final byte[] frame = join(ethernet(TestFrames.OTHER_MAC, IPV4), ipv4(CLIENT, VIP, TCP), ports(4000, 80));
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.put(SteeringEntry.service(address(VIP), TCP, 80));
            assertEquals(PASS_OTHER_MAC, run.verdict(frame));

            run.hostMacs.addOther(TestFrames.OTHER_MAC);
            assertEquals(STEERED_SERVICE, run.verdict(frame));
            assertTrue(run.hostMacs.removeOther(TestFrames.OTHER_MAC));
            assertFalse(run.hostMacs.removeOther(TestFrames.OTHER_MAC));
            assertEquals(PASS_OTHER_MAC, run.verdict(frame));

            run.hostMacs.setOwn(TestFrames.OTHER_MAC);
            assertEquals(STEERED_SERVICE, run.verdict(frame));
        }
    }
}
