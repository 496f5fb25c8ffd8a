package io.ringvs.xdp;

import static io.ringvs.xdp.TestFrames.IPV4;
import static io.ringvs.xdp.TestFrames.TCP;
import static io.ringvs.xdp.TestFrames.UDP;
import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.ethernet;
import static io.ringvs.xdp.TestFrames.ipv4;
import static io.ringvs.xdp.TestFrames.join;
import static io.ringvs.xdp.TestFrames.ports;
import static io.ringvs.xdp.XdpVerdict.PASS_NO_SERVICE;
import static io.ringvs.xdp.XdpVerdict.STEERED_FRAGMENT;
import static io.ringvs.xdp.XdpVerdict.STEERED_REPLY;
import static io.ringvs.xdp.XdpVerdict.STEERED_SERVICE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The steering map as the program sees it: entries are judged by the verdicts they cause. */
class SteeringMapTest {
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "192.168.1.10";

    private static byte[] toVip(final int protocol, final int port) {
        return join(ethernet(IPV4), ipv4(CLIENT, VIP, protocol), ports(4000, port));
    }

    private static byte[] fragmentToVip(final int protocol) {
        return join(ethernet(IPV4), ipv4(CLIENT, VIP, protocol, 0, 5), ports(0, 0));
    }

    private static SteeringEntry service(final int protocol, final int port) {
        return SteeringEntry.service(address(VIP), protocol, port);
    }

    @Test
    void shouldSteerFromPutUntilRemove() {
        try (ProgramRun run = new ProgramRun().withSocket()) {
            assertEquals(PASS_NO_SERVICE, run.verdict(toVip(TCP, 80)));
            assertTrue(run.steering.put(service(TCP, 80)));
            assertFalse(run.steering.put(service(TCP, 80)));
            assertEquals(STEERED_SERVICE, run.verdict(toVip(TCP, 80)));

            assertTrue(run.steering.remove(service(TCP, 80)));
            assertFalse(run.steering.remove(service(TCP, 80)));
            assertEquals(PASS_NO_SERVICE, run.verdict(toVip(TCP, 80)));
            assertEquals(PASS_NO_SERVICE, run.verdict(fragmentToVip(TCP)));
        }
    }

    private static byte[] to(final String address, final int protocol) {
        return join(ethernet(IPV4), ipv4(CLIENT, address, protocol), ports(4000, 80));
    }

    @Test
    void shouldSteerPrefixesUntilTheyAreReplaced() {
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.prefixes(Set.of(
                SteeringPrefix.of(address("10.0.0.0"), 8, TCP), SteeringPrefix.of(address("10.50.0.0"), 16, UDP)));
            assertEquals(STEERED_SERVICE, run.verdict(to("10.50.1.2", TCP)), "of the wider one");
            assertEquals(STEERED_SERVICE, run.verdict(to("10.50.1.2", UDP)));
            assertEquals(PASS_NO_SERVICE, run.verdict(to("10.51.1.2", UDP)));

            run.steering.prefixes(Set.of(SteeringPrefix.of(address("10.50.0.0"), 16, UDP)));
            assertEquals(PASS_NO_SERVICE, run.verdict(to("10.50.1.2", TCP)));
            assertEquals(STEERED_SERVICE, run.verdict(to("10.50.1.2", UDP)));

            run.steering.prefixes(Set.of());
            assertEquals(PASS_NO_SERVICE, run.verdict(to("10.50.1.2", UDP)));
        }
    }

    @Test
    void shouldServeFragmentsAsLongAsProtocolHasAnyService() {
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.put(service(TCP, 80));
            run.steering.put(service(TCP, 443));
            run.steering.put(service(UDP, 53));
            run.steering.remove(service(TCP, 80));
            assertEquals(STEERED_FRAGMENT, run.verdict(fragmentToVip(TCP)));

            run.steering.remove(service(TCP, 443));
            assertEquals(PASS_NO_SERVICE, run.verdict(fragmentToVip(TCP)));
            assertEquals(STEERED_FRAGMENT, run.verdict(fragmentToVip(UDP)));
        }
    }

    @Test
    void shouldKeepSingleServicesGivenPortZeroServiceGoes() {
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.put(service(TCP, 80));
            run.steering.put(service(TCP, 0));
            assertEquals(STEERED_SERVICE, run.verdict(toVip(TCP, 9999)));

            run.steering.remove(service(TCP, 0));
            assertEquals(PASS_NO_SERVICE, run.verdict(toVip(TCP, 9999)));
            assertEquals(STEERED_SERVICE, run.verdict(toVip(TCP, 80)));
        }
    }

    @Test
    void shouldLookAtSourcesOnlyWhileServersAreKnown() {
        final byte[] reply = join(ethernet(IPV4), ipv4("10.0.0.20", CLIENT, TCP), ports(80, 4000));
        final SteeringEntry server = SteeringEntry.server(address("10.0.0.20"), TCP, 80);
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.put(server);
            assertEquals(STEERED_REPLY, run.verdict(reply));
            run.steering.remove(server);
            assertEquals(PASS_NO_SERVICE, run.verdict(reply));
            run.steering.put(server);
            assertEquals(STEERED_REPLY, run.verdict(reply));
        }
    }

    @Test
    void shouldBeSharedByProgramsOfSeveralInterfaces() {
        try (ProgramRun first = new ProgramRun().withSocket();
            ProgramRun second = new ProgramRun(first.steering).withSocket()) {
            first.steering.put(service(TCP, 80));

            assertEquals(STEERED_SERVICE, first.verdict(toVip(TCP, 80)));
            assertEquals(STEERED_SERVICE, second.verdict(toVip(TCP, 80)));
            assertEquals(1, second.counters.get(STEERED_SERVICE), "each interface counts for itself");
        }
    }

    @Test
    void shouldReplaceAllByDelta() {
        try (ProgramRun run = new ProgramRun().withSocket()) {
            run.steering.replaceAll(Set.of(service(TCP, 80), service(TCP, 443)));
            run.steering.replaceAll(Set.of(service(TCP, 443), service(UDP, 53)));

            assertEquals(Set.of(service(TCP, 443), service(UDP, 53)), run.steering.entries());
            assertEquals(PASS_NO_SERVICE, run.verdict(toVip(TCP, 80)));
            assertEquals(STEERED_SERVICE, run.verdict(toVip(TCP, 443)));
            assertEquals(STEERED_SERVICE, run.verdict(toVip(UDP, 53)));
        }
    }

    @Test
    void shouldChangeNothingGivenMapIsFull() {
        try (ProgramRun run = new ProgramRun(SteeringMap.create(4)).withSocket()) {
            run.steering.put(service(TCP, 1));
            run.steering.put(service(TCP, 2));
            final Set<SteeringEntry> before = Set.copyOf(run.steering.entries());
            final Set<SteeringEntry> tooMany = new HashSet<>(before);
            tooMany.add(service(TCP, 3));
            tooMany.add(service(UDP, 4));

            final XdpException e = assertThrows(XdpException.class, () -> run.steering.replaceAll(tooMany));

            assertEquals("the steering map is full: it has room for 4 keys, one an address and one a port",
                e.getMessage());
            assertEquals(before, run.steering.entries());
            assertEquals(STEERED_SERVICE, run.verdict(toVip(TCP, 1)));
            assertEquals(PASS_NO_SERVICE, run.verdict(toVip(TCP, 3)));
            assertEquals(PASS_NO_SERVICE, run.verdict(fragmentToVip(UDP)));
            assertTrue(run.steering.put(service(TCP, 3)), "what was put before the failure was taken out again");
        }
    }

    @Test
    void shouldHoldHundredThousandServicesOnAddressesOfTheirOwn() {
        final Set<SteeringEntry> many = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(new SteeringEntry(SteeringEntry.Direction.TO_SERVICE, 4,
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                    ? Integer.toUnsignedLong(Integer.reverseBytes(0x0a000000 + i)) : (0x0a000000L + i) << 32,
                0, TCP, 80));
        }
        try (ProgramRun run = new ProgramRun(SteeringMap.create(SteeringMap.DEFAULT_MAX_KEYS)).withSocket()) {
            run.steering.replaceAll(many);

            for (final String vip : new String[]{"10.0.0.0", "10.0.200.33", "10.1.134.159"}) {
                assertEquals(STEERED_SERVICE,
                    run.verdict(join(ethernet(IPV4), ipv4(CLIENT, vip, TCP), ports(4000, 80))), vip);
            }
            assertEquals(PASS_NO_SERVICE,
                run.verdict(join(ethernet(IPV4), ipv4(CLIENT, "10.1.134.160", TCP), ports(4000, 80))));
        }
    }

    @Test
    void shouldAgreeWithModelGivenRandomChanges() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Set<SteeringEntry> model = new HashSet<>();
        try (ProgramRun run = new ProgramRun().withSocket()) {
            for (int i = 0; i < 300; i++) {
                final SteeringEntry entry = service(random.nextBoolean() ? TCP : UDP, random.nextInt(4));
                if (random.nextBoolean()) {
                    assertEquals(model.add(entry), run.steering.put(entry));
                } else {
                    assertEquals(model.remove(entry), run.steering.remove(entry));
                }
                final int protocol = random.nextBoolean() ? TCP : UDP;
                final int port = 1 + random.nextInt(4);
                final boolean steered = model.contains(service(protocol, port)) || model.contains(service(protocol, 0));
                assertEquals(steered ? STEERED_SERVICE : PASS_NO_SERVICE, run.verdict(toVip(protocol, port)),
                    () -> "seed " + seed);
            }
        }
    }

    @Test
    void shouldRefuseEntriesThatCannotBeSteered() {
        assertThrows(IllegalArgumentException.class, () -> service(1, 80));
        assertThrows(IllegalArgumentException.class, () -> service(TCP, -1));
        assertThrows(IllegalArgumentException.class, () -> service(TCP, 65536));
        assertThrows(IllegalArgumentException.class,
            () -> new SteeringEntry(SteeringEntry.Direction.TO_HOST, 4, 1, 0, TCP, 80));
        assertThrows(IllegalArgumentException.class,
            () -> new SteeringEntry(SteeringEntry.Direction.TO_SERVICE, 5, 1, 0, TCP, 80));
    }
}
