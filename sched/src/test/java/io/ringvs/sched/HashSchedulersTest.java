package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceFlags;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashSchedulersTest {
    private static final int PORT_FLAG = ServiceFlags.SCHEDULER_2;
    private static final int FALLBACK_FLAG = ServiceFlags.SCHEDULER_1;

    @ParameterizedTest
    @CsvSource({"10.0.0.1,39,159", "192.168.0.1,192,769", "192.168.0.2,34,136", "1.2.3.4,52,209",
        "172.16.5.9,115,460", "255.255.255.255,158,632"})
    void shouldHashAddressesAsLinux(final String address, final int bits8, final int bits10) {
        assertEquals(bits8, AddressHash.hash32(fold(address), 8));
        assertEquals(bits10, AddressHash.hash32(fold(address), 10));
    }

    @Test
    void shouldFoldIpv6AddressesAsLinux() {
        assertEquals(0x20010db9, fold("2001:db8::1"));
        assertEquals(63, AddressHash.hash32(fold("2001:db8::1"), 8));
    }

    @ParameterizedTest
    @CsvSource({"00000000,1d5a77c2,f882433f", "00000001,16ec66b2,8210aad1", "0a000001,03080ce4,48f9d0c1",
        "0a000051,439c0cbe,97b3dc47", "c0a80001,8334668e,1683a1ed"})
    void shouldSipHashAsLinux(final String value, final String offsetHash, final String skipHash) {
        final int number = Integer.parseUnsignedInt(value, 16);
        assertEquals(Integer.parseUnsignedInt(offsetHash, 16), SipHash.hash(number, MaglevHash.OFFSET_KEY));
        assertEquals(Integer.parseUnsignedInt(skipHash, 16), SipHash.hash(number, MaglevHash.SKIP_KEY));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1,C,A", "192.168.0.1,C,B", "192.168.0.2,B,C", "1.2.3.4,B,C", "172.16.5.9,B,C"})
    void shouldChooseBySourceAsLinux(final String client, final String byAddress, final String byPort) {
        try (ServiceUnderTest service = new ServiceUnderTest("sh").add("A", 1).add("B", 1).add("C", 1)) {
            assertEquals(byAddress, service.client(client, 50_000).next());
            service.editService("sh", PORT_FLAG);
            assertEquals(byPort, service.next());
            service.request.protocol = IpProtocol.ICMP;
            assertEquals(byAddress, service.next());
        }
    }

    @Test
    void shouldGiveOneBucketEvenToAQuiescedServer() {
        try (ServiceUnderTest service = new ServiceUnderTest("sh").add("A", 1).add("B", 2).add("C", 0)) {
            final String[] byBucket = new String[256];
            for (int last = 0; last < 100_000; last++) {
                service.request.clientWord0 = Integer.toUnsignedLong(last);
                byBucket[AddressHash.hash32(Integer.reverseBytes(last), 8)] = service.next();
            }
            // buckets C B B A ..., and C takes nothing
            assertEquals("- B B A - B B A", String.join(" ", Arrays.copyOf(byBucket, 8)));
        }
    }

    @Test
    void shouldFallBackFromTwiceTheHash() {
        try (ServiceUnderTest service = new ServiceUnderTest("sh").add("A", 1).add("B", 1).add("C", 1)) {
            service.weight("C", 0).client("10.0.0.1", 1);
            assertEquals("-", service.next());
            service.editService("sh", FALLBACK_FLAG);
            assertEquals("B", service.next());
            assertEquals("A", service.client("192.168.0.1", 1).next());
        }
    }

    @Test
    void shouldBuildLinuxMaglevTable() {
        try (ServiceUnderTest service = maglev(0)) {
            final int[] ids = ((MaglevHash) service.scheduler()).idsBySlot();
            final String first40 = Arrays.stream(ids).limit(40)
                .mapToObj(id -> service.name(id)).collect(Collectors.joining());
            assertEquals("3223332331122213233133332322133213323131", first40);
            assertEquals(682, count(ids, service.id("1")));
            assertEquals(1364, count(ids, service.id("2")));
            assertEquals(2047, count(ids, service.id("3")));
        }
    }

    @ParameterizedTest
    @CsvSource({"192.168.0.1,1278,3,1", "192.168.0.2,1806,3,1", "1.2.3.4,2197,2,3", "172.16.5.9,3538,2,2",
        "8.8.8.8,502,2,3"})
    void shouldChooseByMaglevAsLinux(
        final String client, final int slot, final String byAddress, final String byPort) {
        assertEquals(slot, MaglevHash.slot(fold(client)));
        try (ServiceUnderTest service = maglev(0)) {
            assertEquals(byAddress, service.client(client, 40_000).next());
            service.editService("mh", PORT_FLAG);
            assertEquals(byPort, service.next());
        }
    }

    @Test
    void shouldKeepMaglevTableGivenServerIsQuiesced() {
        try (ServiceUnderTest service = maglev(0)) {
            final int[] before = ((MaglevHash) service.scheduler()).idsBySlot();
            service.weight("3", 0);
            assertEquals("-", service.client("192.168.0.1", 1).next());
            assertTrue(Arrays.equals(before, ((MaglevHash) service.scheduler()).idsBySlot()));
        }
    }

    @Test
    void shouldFallBackToAUsableServerOrNone() {
        try (ServiceUnderTest service = maglev(FALLBACK_FLAG).client("192.168.0.1", 1)) {
            service.weight("3", 0).weight("1", 0);
            assertEquals("2", service.next());
            service.weight("2", 0);
            assertEquals("-", service.next());
        }
    }

    @Test
    void shouldSpreadClientsByWeightUnderMaglevAndSourceHash() {
        final long seed = System.nanoTime();
        final int[] weights = {1, 2, 3, 5, 8};
        for (final String scheduler : new String[] {"mh", "sh"}) {
            try (ServiceUnderTest service = new ServiceUnderTest(scheduler)) {
                for (int i = 0; i < weights.length; i++) {
                    service.add(String.valueOf(i), weights[i]);
                }
                final Map<String, Double> share = share(service);
                final Map<String, Integer> counts = chooseForRandomClients(service, new Random(seed), 100_000);
                double chiSquare = 0;
                for (int i = 0; i < weights.length; i++) {
                    final double expected = 100_000 * share.get(String.valueOf(i));
                    // the table's shares themselves are within 2 % of the whole of the weights
                    assertEquals(weights[i] / 19.0, share.get(String.valueOf(i)), 0.02, scheduler);
                    final double difference = counts.getOrDefault(String.valueOf(i), 0) - expected;
                    chiSquare += difference * difference / expected;
                }
                // 4 degrees of freedom: exceeded by chance once in 10^5 runs
                assertTrue(chiSquare < 28.5, scheduler + " chi-square " + chiSquare + ", seed " + seed);
            }
        }
    }

    @Test
    void shouldSpreadDestinationsEvenlyWhateverTheWeights() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (ServiceUnderTest service = new ServiceUnderTest("dh").add("A", 1).add("B", 9).add("C", 4).add("D", 2)) {
            final Map<String, Integer> counts = new HashMap<>();
            for (int i = 0; i < 100_000; i++) {
                service.request.virtualWord0 = Integer.toUnsignedLong(random.nextInt());
                counts.merge(service.next(), 1, Integer::sum);
            }
            double chiSquare = 0;
            for (final int count : counts.values()) {
                chiSquare += (count - 25_000.0) * (count - 25_000.0) / 25_000;
            }
            // 3 degrees of freedom: exceeded by chance once in 10^5 runs
            assertTrue(chiSquare < 25.9, "chi-square " + chiSquare + ", seed " + seed);
        }
    }

    /**
     * The table is Linux's to the slot, so what moves is a property of its 4093 slots: with 10 servers under 2 %, with
     * 100 servers (41 slots each, where Maglev's authors advise 100 and more) 3.1 % on average.
     */
    @ParameterizedTest
    @CsvSource({"10, 0.02, 0.02", "100, 0.032, 0.04"})
    void shouldMoveFewSlotsOfOthersGivenAMaglevServerLeaves(
        final int servers, final double mostOnAverage, final double mostAtWorst) {
        double sum = 0;
        double worst = 0;
        for (int gone = 0; gone < servers; gone++) {
            try (ServiceUnderTest service = new ServiceUnderTest("mh")) {
                service.batch(() -> {
                    for (int i = 0; i < servers; i++) {
                        service.add("S" + i, 1);
                    }
                });
                final int goneId = service.id("S" + gone);
                final int[] before = ((MaglevHash) service.scheduler()).idsBySlot();
                final int[] after = ((MaglevHash) service.remove("S" + gone).scheduler()).idsBySlot();
                int others = 0;
                int moved = 0;
                for (int slot = 0; slot < before.length; slot++) {
                    others += before[slot] == goneId ? 0 : 1;
                    moved += before[slot] == goneId || before[slot] == after[slot] ? 0 : 1;
                }
                sum += (double) moved / others;
                worst = Math.max(worst, (double) moved / others);
            }
        }
        final double average = sum / servers;
        assertTrue(average <= mostOnAverage && worst <= mostAtWorst, "average " + average + ", worst " + worst);
    }

    @Test
    void shouldFillEverySlotOfTheMaglevTableGivenMoreServersThanSlots() {
        try (ServiceUnderTest service = new ServiceUnderTest("mh")) {
            service.batch(() -> {
                for (int i = 0; i < 5000; i++) {
                    service.add("S" + i, 1);
                }
            });
            final int[] ids = ((MaglevHash) service.scheduler()).idsBySlot();
            assertEquals(MaglevHash.TABLE_SIZE, Arrays.stream(ids).distinct().count());
            assertEquals(0, Arrays.stream(ids).min().orElseThrow());
        }
    }

    private static Map<String, Double> share(final ServiceUnderTest service) {
        final Map<String, Double> share = new HashMap<>();
        if (service.scheduler() instanceof MaglevHash maglev) {
            for (final int id : maglev.idsBySlot()) {
                share.merge(service.name(id), 1.0 / MaglevHash.TABLE_SIZE, Double::sum);
            }
            return share;
        }
        final String[] byBucket = new String[256];
        for (int last = 0; last < 100_000; last++) {
            service.request.clientWord0 = Integer.toUnsignedLong(last);
            byBucket[AddressHash.hash32(Integer.reverseBytes(last), 8)] = service.next();
        }
        for (final String name : byBucket) {
            share.merge(name, 1.0 / 256, Double::sum);
        }
        return share;
    }

    private static Map<String, Integer> chooseForRandomClients(
        final ServiceUnderTest service, final Random random, final int clients) {
        final Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < clients; i++) {
            service.request.clientWord0 = Integer.toUnsignedLong(random.nextInt());
            counts.merge(service.next(), 1, Integer::sum);
        }
        return counts;
    }

    private static ServiceUnderTest maglev(final int flags) {
        return new ServiceUnderTest("mh", flags, Family.IPV4).add("1", 1).add("2", 2).add("3", 3);
    }

    private static int fold(final String text) {
        final IpAddress address = IpAddress.parse(text);
        return AddressHash.fold(address.family(), address.word0(), address.word1());
    }

    private static int count(final int[] ids, final int wanted) {
        return (int) Arrays.stream(ids).filter(id -> id == wanted).count();
    }
}
