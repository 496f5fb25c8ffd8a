package io.ringvs.xdp;

import static io.ringvs.xdp.TestFrames.IPV4;
import static io.ringvs.xdp.TestFrames.IPV6;
import static io.ringvs.xdp.TestFrames.MORE_FRAGMENTS;
import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.authentication;
import static io.ringvs.xdp.TestFrames.ethernet;
import static io.ringvs.xdp.TestFrames.extension;
import static io.ringvs.xdp.TestFrames.fragment;
import static io.ringvs.xdp.TestFrames.icmp;
import static io.ringvs.xdp.TestFrames.join;
import static io.ringvs.xdp.TestFrames.ports;
import static io.ringvs.xdp.TestFrames.vlan;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;

/** The model and the program in the kernel decide alike. */
class SteeringModelTest {
    private static final String[] ADDRESSES = {"198.51.100.7", "192.168.1.10", "192.168.1.12", "10.0.0.20", "10.0.0.1",
        "10.50.3.4", "10.50.64.1", "10.51.0.1"};
    private static final String[] ADDRESSES6 = {"2001:db8::7", "2001:db8::10", "2001:db8:1::20", "2001:db8::1",
        "2001:db8:50::5", "2001:db8:50:0:8000::1"};
    private static final int[] PROTOCOLS = {6, 17, 132, 1, 58, 50};
    private static final int[] EXTENSIONS = {0, 43, 44, 51, 60};
    private static final int[] PORTS = {0, 80, 53, 40000};
    private static final int FRAMES = 20_000;
    private static final int IP_HEADER_END = 14 + 40;
    private static final Set<SteeringEntry> ENTRIES = Set.of(
        SteeringEntry.service(address("192.168.1.10"), 6, 80),
        SteeringEntry.service(address("192.168.1.10"), 17, 53),
        SteeringEntry.service(address("192.168.1.12"), 6, 0),
        SteeringEntry.server(address("10.0.0.20"), 6, 80),
        SteeringEntry.server(address("10.0.0.20"), 132, 0),
        SteeringEntry.host(address("10.0.0.1")),
        SteeringEntry.service(address("2001:db8::10"), 6, 80),
        SteeringEntry.server(address("2001:db8:1::20"), 17, 53),
        SteeringEntry.errors(address("10.0.0.1")),
        SteeringEntry.errors(address("192.168.1.10")),
        SteeringEntry.host(address("2001:db8::1")));
    private static final Set<SteeringEntry> LOCAL_SERVERS = Set.of(
        SteeringEntry.localServer(address("192.168.1.10"), 6, 80),
        SteeringEntry.localServer(address("10.0.0.1"), 17, 53),
        SteeringEntry.localServer(address("10.0.0.20"), 6, 0),
        SteeringEntry.server(address("192.168.1.12"), 6, 80),
        SteeringEntry.localServer(address("2001:db8::10"), 6, 80),
        SteeringEntry.localServer(address("2001:db8::1"), 132, 0));
    /** Nested ones, of which the kernel finds the longest only. */
    private static final Set<SteeringPrefix> PREFIXES = Set.of(
        SteeringPrefix.of(address("10.48.0.0"), 13, 6),
        SteeringPrefix.of(address("10.50.0.0"), 18, 17),
        SteeringPrefix.of(address("10.50.64.1"), 32, 132),
        SteeringPrefix.of(address("2001:db8:50::"), 48, 17),
        SteeringPrefix.of(address("2001:db8:50:0:8000::"), 65, 6));

    private static final Map<Long, byte[]> VLANS = Map.of(
        VlanMap.tag(0x8100, 100), TestFrames.HOST_MAC,
        VlanMap.tag(0x88a8, 100) | VlanMap.tag(0x8100, 100) << 32, TestFrames.OTHER_MAC);

    @Test
    void shouldDecideAsTheProgramDoes() {
        final long seed = Long.getLong("seed", System.nanoTime());
        final Random random = new Random(seed);
        final Set<XdpVerdict> seen = EnumSet.noneOf(XdpVerdict.class);
        final SteeringModel model = new SteeringModel();
        try (ProgramRun program = new ProgramRun().withSocket()) {
            for (final SteeringEntry entry : ENTRIES) {
                model.put(entry);
                program.steering.put(entry);
            }
            VLANS.forEach(model::vlan);
            program.vlanMap.replaceAll(VLANS);
            model.prefixes(PREFIXES);
            program.steering.prefixes(PREFIXES);
            for (int i = 0; i < FRAMES; i++) {
                final byte[] frame = spoilt(frame(random), random);
                final XdpVerdict verdict = program.verdict(frame);
                assertEquals(verdict, model.verdict(frame, TestFrames.HOST_MAC),
                    () -> "-Dseed=" + seed + ", frame " + HexFormat.of().formatHex(frame));
                seen.add(verdict);
            }
        }
        assertEquals(EnumSet.complementOf(EnumSet.of(XdpVerdict.PASS_NO_SOCKET)), seen, "verdicts that occurred");
    }

    @Test
    void shouldTellLocalServersAsTheProgramDoes() {
        final long seed = Long.getLong("seed", System.nanoTime());
        final Random random = new Random(seed);
        final SteeringModel model = new SteeringModel();
        int found = 0;
        try (LocalServerRun program = new LocalServerRun().withSocket()) {
            for (final SteeringEntry entry : LOCAL_SERVERS) {
                model.put(entry);
                program.steering.put(entry);
            }
            for (int i = 0; i < FRAMES; i++) {
                final byte[] any = spoilt(frame(random), random);
                // a run of a program on packets takes no incomplete IP header, and no host sends one
                final byte[] frame = Arrays.copyOf(any, Math.max(any.length, IP_HEADER_END));
                final boolean local = program.takes(frame);
                assertEquals(model.isFromLocalServer(frame), local,
                    () -> "-Dseed=" + seed + ", frame " + HexFormat.of().formatHex(frame));
                found += local ? 1 : 0;
            }
        }
        assertTrue(found > FRAMES / 50 && found < FRAMES / 2, () -> "-Dseed=" + seed);
    }

    private static byte[] frame(final Random random) {
        final boolean ipv6 = random.nextBoolean();
        final int type = ipv6 ? IPV6 : random.nextInt(50) == 0 ? 0x0806 : IPV4;
        final byte[] mac = random.nextInt(20) == 0 ? TestFrames.OTHER_MAC : TestFrames.HOST_MAC;
        final byte[] link = random.nextInt(3) == 0 ? join(ethernet(mac, 0x8100), vlan(tag(random), type))
            : random.nextInt(5) == 0
            ? join(ethernet(mac, 0x88a8), vlan(tag(random), 0x8100), vlan(tag(random), type)) : ethernet(mac, type);
        final int protocol = any(PROTOCOLS, random);
        final byte[] transport = protocol == 1 || protocol == 58
            ? join(icmp(random.nextInt(140)), ipv6 ? ipv6(random, 6) : ipv4(random, 6, 0), somePorts(random))
            : somePorts(random);
        return join(link, ipv6 ? withExtensions(random, protocol)
            : ipv4(random, protocol, random.nextInt(4) == 0 ? MORE_FRAGMENTS + random.nextInt(2) : 0), transport);
    }

    private static int tag(final Random random) {
        return any(new int[] {0, 0xe000, 100, 0x6064, 101}, random);
    }

    private static byte[] withExtensions(final Random random, final int protocol) {
        byte[] chain = {};
        int next = protocol;
        for (int count = Math.max(0, random.nextInt(14) - 4); count > 0; count--) {
            final int kind = any(EXTENSIONS, random);
            chain = join(kind == 44 ? fragment(next, random.nextInt(3), random.nextBoolean())
                : kind == 51 ? authentication(next, random.nextInt(3)) : extension(next, random.nextInt(2)), chain);
            next = kind;
        }
        return join(ipv6(random, next), chain);
    }

    private static byte[] ipv4(final Random random, final int protocol, final int fragment) {
        return TestFrames.ipv4(
            any(ADDRESSES, random), any(ADDRESSES, random), protocol, 4 * random.nextInt(3), fragment);
    }

    private static byte[] ipv6(final Random random, final int next) {
        return TestFrames.ipv6(any(ADDRESSES6, random), any(ADDRESSES6, random), next);
    }

    private static byte[] somePorts(final Random random) {
        return ports(any(PORTS, random), any(PORTS, random));
    }

    /** Some frames cut short (no shorter than a run of the program takes), some with a byte changed. */
    private static byte[] spoilt(final byte[] frame, final Random random) {
        final byte[] spoilt =
            random.nextInt(4) == 0 ? Arrays.copyOf(frame, 14 + random.nextInt(frame.length - 13)) : frame;
        if (random.nextInt(4) == 0) {
            spoilt[random.nextInt(spoilt.length)] = (byte)random.nextInt(256);
        }
        return spoilt;
    }

    private static int any(final int[] values, final Random random) {
        return values[random.nextInt(values.length)];
    }

    private static String any(final String[] values, final Random random) {
        return values[random.nextInt(values.length)];
    }
}
