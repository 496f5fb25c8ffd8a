package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToLongFunction;

import org.junit.jupiter.api.Test;

/**
 * Distribution over homes, tags and high bits of key sets that are easy to get wrong, or that an attacker may choose.
 */
class FlowHashTest {
    private static final int KEYS = 1 << 17;
    private static final int HOMES = 1 << 15;
    private static final long VIP = 0x0a01a8c0L;

    private final FlowHash hash = new FlowHash(System.nanoTime());

    private static long ports(final int client, final int virtual) {
        return FlowLayout.portsWord(Short.reverseBytes((short) client), Short.reverseBytes((short) virtual), 6, 4);
    }

    @Test
    void shouldSpreadSequentialPortsOfTwoClients() {
        check("ports", key -> hash.of(0x0100000aL + (key >>> 16 << 24), 0, VIP, 0, ports(key, 80)));
    }

    @Test
    void shouldSpreadOneSubnetWithOnePort() {
        check("subnet",
            key -> hash.of(Integer.reverseBytes(0x0a000000 + key) & 0xffffffffL, 0, VIP, 0, ports(4000, 80)));
    }

    @Test
    void shouldSpreadClientsOfEqualLowBits() {
        check("equal low bits", key -> hash.of((long) key << 15, 0, VIP, 0, ports(4000, 80)));
    }

    @Test
    void shouldSpreadPortsOfManyVirtualPorts() {
        check("virtual ports", key -> hash.of(0x0100000aL, 0, VIP, 0, ports(key & 0x1ff, key >>> 9)));
    }

    @Test
    void shouldSpreadIpv6InterfaceIdentifiers() {
        check("IPv6 low", key -> hash.of(0xb80d0120L, Long.reverseBytes(key), 0xb80d0120L, 1L << 56, ports(4000, 80)));
        check("IPv6 high",
            key -> hash.of(Long.reverseBytes(0x20010db800000000L + key), 1, 0xb80d0120L, 1, ports(1, 80)));
    }

    @Test
    void shouldSpreadIpv6PairsOfIdentifierAndPortThatCancelOut() {
        check("IPv6 cancelling", key -> {
            final long ports = ports(key, 80);
            return hash.of(0xb80d0120L, ports ^ (long) key >>> 16 << 48, 0xb80d0120L, 1L << 56, ports);
        });
    }

    @Test
    void shouldSpreadFlowsInWhichClientAndPortDifferByTheSameAmount() {
        check("both", key -> hash.of(key, 0, VIP, 0, ports(key, 80)));
    }

    @Test
    void shouldFlipHalfOfTheBitsGivenOneKeyBitFlips() {
        final long[] words = {0x0100000aL, 0, VIP, 0, ports(4000, 80)};
        for (int word = 0; word < words.length; word++) {
            for (int bit = 0; bit < (word == 4 ? 48 : 64); bit++) {
                int flipped = 0;
                for (int round = 0; round < 200; round++) {
                    words[0] = round * 0x10001L;
                    final long before = hash.of(words[0], words[1], words[2], words[3], words[4]);
                    words[word] ^= 1L << bit;
                    flipped += Long.bitCount(before ^ hash.of(words[0], words[1], words[2], words[3], words[4]));
                    words[word] ^= 1L << bit;
                }
                final double share = flipped / (200 * 64.0);
                assertTrue(share > 0.40 && share < 0.60, "word " + word + " bit " + bit + " flips " + share);
            }
        }
    }

    /** Keys that fall on homes like random ones: chi-squared within five standard deviations either way. */
    private void check(final String name, final IntToLongFunction hashOfKey) {
        final int[] homes = new int[HOMES];
        final int[] tags = new int[4];
        for (int key = 0; key < KEYS; key++) {
            final long value = hashOfKey.applyAsLong(key);
            homes[(int) ((value >>> 32) * HOMES >>> 32)]++;
            tags[(int) value & 3]++;
        }
        double chiSquared = 0;
        final double expected = (double) KEYS / HOMES;
        for (final int count : homes) {
            chiSquared += (count - expected) * (count - expected) / expected;
        }
        final double deviations = (chiSquared - (HOMES - 1)) / Math.sqrt(2.0 * (HOMES - 1));
        assertTrue(deviations < 5, name + ": " + deviations + " deviations more uneven than chance");
        for (final int count : tags) {
            assertTrue(Math.abs(count - KEYS / 4) < KEYS / 40, name + ": tag met " + count + " times");
        }
    }
}
