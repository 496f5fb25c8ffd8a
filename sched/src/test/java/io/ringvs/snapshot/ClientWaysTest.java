package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import org.junit.jupiter.api.Test;

class ClientWaysTest {
    private static final long UNSIGNED = 0xffff_ffffL;

    private final Map<String, Adjacency> named = new HashMap<>();

    @Test
    void shouldFindTheLongestPrefix() {
        final ClientWays ways = new ClientWays.Builder()
            .add(IpAddress.parse("0.0.0.0"), 0, way("default"))
            .add(IpAddress.parse("10.1.0.0"), 16, way("net"))
            .add(IpAddress.parse("10.1.2.3"), 32, way("host"))
            .add(IpAddress.parse("2001:db8::"), 33, way("net6"))
            .build();

        assertSame(way("default"), find(ways, "192.0.2.1"));
        assertSame(way("net"), find(ways, "10.1.2.4"));
        assertSame(way("host"), find(ways, "10.1.2.3"));
        assertSame(way("net6"), find(ways, "2001:db8:7fff::1"));
        assertNull(find(ways, "2001:db8:8000::1"));
        assertEquals(4, ways.size());
        assertNull(find(ClientWays.NONE, "10.1.2.3"));
    }

    @Test
    void shouldAgreeWithAModelGivenRandomRoutes() {
        final long seed = System.nanoTime();
        System.out.println("ClientWaysTest seed " + seed);
        final Random random = new Random(seed);
        final ClientWays.Builder builder = new ClientWays.Builder();
        final Map<Integer, Map<Long, Adjacency>> model = new HashMap<>();
        for (int i = 0; i < 3000; i++) {
            final int length = random.nextInt(33);
            final long prefix = random.nextInt(1 << 12) * 0x100401L & mask(length);
            final Adjacency way = way("way " + i);
            builder.add(ipv4(prefix), length, way);
            model.computeIfAbsent(length, each -> new HashMap<>()).put(prefix, way);
        }
        final ClientWays ways = builder.build();
        for (int i = 0; i < 20_000; i++) {
            final long address = random.nextInt(1 << 12) * 0x100401L & UNSIGNED;
            Adjacency expected = null;
            for (int length = 32; length >= 0 && expected == null; length--) {
                expected = model.getOrDefault(length, Map.of()).get(address & mask(length));
            }
            final IpAddress asked = ipv4(address);
            assertSame(expected, ways.find(false, asked.word0(), asked.word1()), asked.toString());
        }
    }

    private static long mask(final int length) {
        return length == 0 ? 0 : -1L << 32 - length & UNSIGNED;
    }

    private static IpAddress ipv4(final long number) {
        return IpAddress.ofWords(Family.IPV4, Integer.reverseBytes((int) number) & UNSIGNED, 0);
    }

    private Adjacency way(final String name) {
        return named.computeIfAbsent(name, each -> new Adjacency(Adjacency.State.RESOLVED, 1, 0, 0, 1500));
    }

    private static Adjacency find(final ClientWays ways, final String text) {
        final IpAddress address = IpAddress.parse(text);
        return ways.find(address.family() == Family.IPV6, address.word0(), address.word1());
    }
}
