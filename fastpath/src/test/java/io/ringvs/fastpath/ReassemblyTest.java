package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

class ReassemblyTest {
    private static final int ROUNDS = 3_000;
    private static final int TOS = 15;
    private static final int TTL = 22;

    private final TestDirector director = new TestDirector();
    private ServiceKey dns;
    private int first;
    private int second;

    @BeforeEach
    void twoServersInTurn() {
        dns = director.rules.addService(IpProtocol.UDP, "10.0.0.100", 53, "rr");
        second = director.rules.addServer(dns, "192.168.1.12", 53, TestDirector.SERVERS);
        first = director.rules.addServer(dns, "192.168.1.11", 53, TestDirector.SERVERS);
        final ServiceKey v6 = director.rules.addService(IpProtocol.UDP, "2001:db8::100", 53, "rr");
        director.rules.addServer(v6, "2001:db8:1::11", 53, TestDirector.SERVERS);
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static byte[] udp(final int clientPort, final int payload, final Random random) {
        return FrameBuilder.udp().from("198.51.100.7", clientPort).to("10.0.0.100", 53).payload(payload).random(random)
            .build();
    }

    private static byte[] udp6(final int clientPort, final int payload, final Random random) {
        return FrameBuilder.udp().from("2001:db8:9::7", clientPort).to("2001:db8::100", 53).payload(payload)
            .random(random).build();
    }

    private List<byte[]> collect() {
        final List<byte[]> out = new ArrayList<>();
        for (byte[] each = director.servers().collect(); each != null; each = director.servers().collect()) {
            out.add(each);
        }
        return out;
    }

    private static byte[] payload(final byte[] whole) {
        return Arrays.copyOfRange(whole, whole.length - TestFragments.payloadLength(whole), whole.length);
    }

    @Test
    void shouldSendFragmentsOfOnePacketToOneServerInAnyOrder() {
        final byte[] whole = udp(1000, 3000, new Random(1));
        final List<byte[]> parts = new ArrayList<>(List.of(TestFragments.parts(whole, 7, 1400)));
        for (int turn = 0; turn < 3; turn++) {
            Collections.rotate(parts, 1);
            director.receive(parts.get(0), parts.get(1));
            assertEquals(0, collect().size());
            director.receive(parts.get(2));

            final List<byte[]> out = collect();

            assertEquals(3, out.size());
            assertArrayEquals(payload(whole), TestFragments.payload(out));
            out.forEach(each -> {
                assertEquals(first, each[5]);
                assertEquals(63, each[TTL]);
                assertEquals(7, TestFragments.get(each, 18));
                assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(each, 14, 34)));
            });
        }
        assertEquals(1, director.table.size());
        assertEquals(6, director.packets(Verdict.HELD));
        assertEquals(3, director.packets(Verdict.FORWARD));
        assertEquals(3 * 3028, director.statistics.sum(director.rules.statisticsRow(dns), Statistics.IN_BYTES));
    }

    @Test
    void shouldTellPacketsApartByIdentificationAddressAndProtocol() {
        final byte[] one = udp(1000, 2000, new Random(1));
        final byte[] other = udp(1001, 2000, new Random(2));
        final byte[][] ones = TestFragments.parts(one, 7, 1400);
        final byte[][] others = TestFragments.parts(other, 8, 1400);
        director.receive(others[1], ones[1], others[0], ones[0]);

        final List<byte[]> out = collect();

        assertArrayEquals(payload(other), TestFragments.payload(out.subList(0, 2)));
        assertArrayEquals(payload(one), TestFragments.payload(out.subList(2, 4)));
        assertEquals(first, out.get(0)[5]);
        assertEquals(second, out.get(2)[5]);
    }

    @Test
    void shouldIgnoreRepeatedFragment() {
        final byte[][] parts = TestFragments.parts(udp(1000, 2000, new Random(1)), 7, 1000);
        director.receive(parts[0], parts[0], parts[1], parts[1], parts[2]);

        assertEquals(3, collect().size());
        assertEquals(2, director.packets(Verdict.DROP_FRAGMENT));
    }

    @Test
    void shouldGiveUpPacketGivenOverlap() {
        final byte[] whole = udp(1000, 2000, new Random(1));
        final byte[][] parts = TestFragments.parts(whole, 7, 1000);
        director.receive(parts[0], TestFragments.part(whole, 7, 992, 80), parts[1], parts[2]);

        assertEquals(0, collect().size());
        assertEquals(1, director.packets(Verdict.DROP_INCOMPLETE));
        assertEquals(1, director.packets(Verdict.DROP_FRAGMENT));
    }

    @Test
    void shouldGiveUpPacketGivenTwoEnds() {
        final byte[] whole = udp(1000, 1992, new Random(1));
        final byte[] shorter = udp(1000, 1592, new Random(1));
        director.receive(TestFragments.part(whole, 7, 1600, 400), TestFragments.part(shorter, 7, 1200, 400));

        assertEquals(1, director.packets(Verdict.DROP_INCOMPLETE));
    }

    @Test
    void shouldForgetFragmentsAfterTimeout() {
        final byte[][] parts = TestFragments.parts(udp(1000, 2000, new Random(1)), 7, 1400);
        director.receive(parts[0]);
        director.advanceSeconds(29);
        director.receive(parts[1]);
        assertEquals(2, collect().size());
        director.receive(parts[0]);
        director.advanceSeconds(31);

        director.receive(parts[1]);

        assertEquals(0, collect().size());
        assertEquals(1, director.packets(Verdict.DROP_INCOMPLETE));
    }

    @Test
    void shouldGiveUpOldestPacketGivenNoPlaceIsLeft() {
        final byte[] whole = udp(1000, 2000, new Random(1));
        for (int id = 0; id <= Datagrams.CAPACITY; id++) {
            director.now++;
            director.receive(TestFragments.part(whole, id, 0, 1400));
        }
        assertEquals(1, director.packets(Verdict.DROP_INCOMPLETE));

        director.receive(TestFragments.part(whole, 1, 1400, 608), TestFragments.part(whole, 0, 1400, 608));

        assertEquals(2, collect().size());
        assertEquals(2, director.packets(Verdict.DROP_INCOMPLETE));
    }

    @Test
    void shouldDropGivenCongestionCodesThatContradict() {
        final byte[][] parts = TestFragments.parts(udp(1000, 2000, new Random(1)), 7, 1400);
        parts[1][TOS] |= 2;
        TestFragments.repair(parts[1]);
        director.receive(parts);
        assertEquals(1, director.packets(Verdict.DROP_INCOMPLETE));

        parts[0][TOS] |= 3;
        TestFragments.repair(parts[0]);
        director.receive(parts);

        collect().forEach(each -> assertEquals(3, each[TOS]));
        assertEquals(1, director.packets(Verdict.FORWARD));
    }

    @Test
    void shouldTellClientGivenPacketThatMayNotBeDividedIsTooBig() {
        final byte[] whole = FrameBuilder.udp().from("198.51.100.7", 1000).to("10.0.0.100", 53).payload(2000)
            .fragment(0x4000).build();
        director.receive(TestFragments.parts(whole, 7, 1400));

        final byte[] answer = director.clients().collect();
        assertEquals(0x0304, TestFragments.get(answer, 34));
        assertEquals(1500, TestFragments.get(answer, 40));
        assertEquals(2028, TestFragments.get(answer, 44));
        assertEquals(1, director.packets(Verdict.DROP_TOO_BIG));
    }

    @Test
    void shouldGiveWholePacketToHostGivenNoService() {
        final byte[] whole = FrameBuilder.udp().from("198.51.100.7", 1000).to("10.0.0.100", 54).payload(5000).build();
        director.receive(TestFragments.parts(whole, 0x1234, 1400));

        assertEquals(1, director.packets(Verdict.HOST_NO_SERVICE));
        assertArrayEquals(whole, director.handedToHost.get(0));
    }

    @Test
    void shouldWaitForMacAddressOfServer() {
        director.rules.adjacency(first, Adjacency.State.UNRESOLVED, TestDirector.SERVERS);
        director.publish();
        final byte[] whole = udp(1000, 3000, new Random(1));
        director.receive(TestFragments.parts(whole, 7, 1400));
        assertEquals(0, collect().size());
        assertEquals(1, director.packets(Verdict.PARKED));

        director.rules.adjacency(first, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.publish();
        director.worker.doWork();

        assertArrayEquals(payload(whole), TestFragments.payload(collect()));
    }

    @Test
    void shouldTellClientGivenServerIsSilent() {
        director.rules.adjacency(first, Adjacency.State.UNRESOLVED, TestDirector.SERVERS);
        director.publish();
        director.receive(TestFragments.parts(udp(1000, 3000, new Random(1)), 7, 1400));

        director.advanceSeconds(4);

        final byte[] answer = director.clients().collect();
        assertEquals(0x0301, TestFragments.get(answer, 34));
        assertEquals(3028, TestFragments.get(answer, 44));
        assertEquals(1, director.packets(Verdict.DROP_PARKING_EXPIRED));
    }

    @Test
    void shouldLeaveFragmentsOfOtherProtocolsToHost() {
        director.receive(FrameBuilder.tcp(0).protocol(IpProtocol.ICMP).fragment(0x2000).build());

        director.assertOnly(Verdict.HOST_FRAGMENT, 1);
    }

    @Test
    void shouldDropShortIpv6FragmentsButTheLast() {
        final byte[] whole = udp6(1000, 1992, new Random(1));
        director.receive(TestFragments.part(whole, 7, 0, 1000));

        assertEquals(1, director.packets(Verdict.DROP_FRAGMENT));
    }

    @Test
    void shouldTakeAwayFragmentHeaderGivenIpv6PacketIsWhole() {
        final byte[] whole = udp6(1000, 64, new Random(1));
        director.receive(TestFragments.part(whole, 7, 0, 72));

        final byte[] out = collect().get(0);
        assertArrayEquals(Arrays.copyOfRange(whole, 22, whole.length), Arrays.copyOfRange(out, 22, out.length));
        assertArrayEquals(Arrays.copyOfRange(whole, 12, 21), Arrays.copyOfRange(out, 12, 21));
        assertEquals(63, out[21]);
    }

    /**
     * Whatever fragments come, no frame is lost (checked when the director closes) and what comes out is what was sent.
     */
    @Test
    void shouldDeliverNothingButWholePacketsGivenRandomFragments() {
        final long seed = System.nanoTime();
        System.out.println("ReassemblyTest seed " + seed);
        final Random random = new Random(seed);
        int delivered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final boolean ipv6 = random.nextInt(4) == 0;
            final int length = (ipv6 ? 1500 : 16) + random.nextInt(6000);
            final int client = 1000 + (round & 0x3ff);
            final byte[] whole = ipv6 ? udp6(client, length, random) : udp(client, length, random);
            final int size = ipv6 ? 1240 + 8 * random.nextInt(20) : Math.max(length / 20, 8) / 8 * 8
                + 8 * random.nextInt(80);
            final List<byte[]> parts = new ArrayList<>(List.of(TestFragments.parts(whole, round & 0xffff, size)));
            if (parts.size() == 1) {
                continue;
            }
            if (random.nextInt(3) != 0) {
                Collections.shuffle(parts, random);
            }
            final boolean spoilt = random.nextInt(3) == 0;
            if (spoilt) {
                spoil(parts, whole, round & 0xffff, random);
            }
            director.receive(parts.toArray(new byte[0][]));
            final List<byte[]> out = collect();
            if (!spoilt) {
                assertTrue(out.size() > 0, "round " + round + " of " + parts.size() + " parts");
            }
            if (!out.isEmpty()) {
                assertArrayEquals(payload(whole), TestFragments.payload(out), "round " + round);
                delivered++;
            }
        }
        assertTrue(delivered > ROUNDS / 2, delivered + " delivered");
    }

    /** Removes, repeats, cuts or adds fragments, so that the packet is incomplete or contradicts itself. */
    private static void spoil(final List<byte[]> parts, final byte[] whole, final int id, final Random random) {
        final int payload = TestFragments.payloadLength(whole);
        switch (random.nextInt(4)) {
            case 0 -> parts.remove(random.nextInt(parts.size()));
            case 1 -> parts.add(random.nextInt(parts.size()), parts.get(random.nextInt(parts.size())).clone());
            case 2 -> {
                final int offset = random.nextInt(payload / 8) * 8;
                final int length = Math.min(1400, random.nextInt(payload - offset) + 1);
                parts.add(random.nextInt(parts.size()), TestFragments.part(whole, id, offset, length));
            }
            default -> {
                final int at = random.nextInt(parts.size());
                parts.set(at, Arrays.copyOf(parts.get(at), random.nextInt(parts.get(at).length + 1)));
            }
        }
    }
}
