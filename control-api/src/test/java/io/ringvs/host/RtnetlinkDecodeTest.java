package io.ringvs.host;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import io.ringvs.netlink.NetlinkMessage;
import io.ringvs.service.IpAddress;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Bytes as the kernel sends them (little-endian host), and bytes as it never would. */
class RtnetlinkDecodeTest {
    private static final String LINK = "6c000000 1000 0000 00000000 00000000"
        + "00 00 0100 07000000 43100100 00000000" // family, type 1, index 7, up+running+lower up
        + "0a00 0300 76312e3432000000 0800 0400 dc050000 0a00 0100 0200000000010000 0800 0500 03000000"
        + "2400 1280 0900 0100 766c616e00000000"; // kind vlan; the data follows in VLAN_DATA
    private static final String VLAN_DATA = "1400 0280 0600 0100 2a000000 0600 0500 81000000";
    private static final String ROUTE = "34000000 1800 0000 00000000 00000000"
        + "02 18 00 00 fe 03 00 01 00000000" // IPv4 /24 main unicast
        + "0800 0100 c6336400 0800 0500 0a090002 0800 0400 07000000";
    private static final String MULTIPATH = "50000000 1800 0000 00000000 00000000"
        + "02 00 00 00 fe 03 00 01 00000000" // default route
        + "0800 0600 64000000 2c00 0900"
        + "1000 00 02 07000000 0800 0500 0a090002" // weight 3
        + "1000 01 00 08000000 0800 0500 0a090003" // dead, weight 1
        + "0800 00 00 09000000"; // on the link
    private static final String NEIGHBOUR = "30000000 1c00 0000 00000000 00000000"
        + "02 000000 07000000 0400 00 01" // IPv4, index 7, stale
        + "0800 0100 0a090002 0a00 0200 02aabbccddee0000";
    private static final String ADDRESS = "30000000 1400 0000 00000000 00000000"
        + "02 18 80 00 07000000" // IPv4 /24, permanent
        + "0800 0100 0a090001 0800 0200 0a090001 0800 0800 80000000";

    @Test
    void shouldDecodeVlanLink() {
        final Link link = LinkMessage.decode(first(LINK + VLAN_DATA));

        assertEquals(7, link.index());
        assertEquals("v1.42", link.name());
        assertEquals("02:00:00:00:00:01", link.mac().toString());
        assertEquals(1500, link.mtu());
        assertEquals(3, link.parentIndex());
        assertTrue(link.isVlan() && link.isRunning() && link.isEthernet());
        assertEquals(42, link.vlanId());
        assertEquals(0x8100, link.vlanProtocol());
    }

    @Test
    void shouldNotTakeIndexOfAnotherNamespaceForOneOfOurs() {
        final String elsewhere = (LINK + VLAN_DATA).replace("6c000000", "74000000")
            .replace("2400 1280", "0800 2500 01000000 2400 1280");

        assertEquals(0, LinkMessage.decode(first(elsewhere)).parentIndex());
    }

    @Test
    void shouldRefuseVlanGivenItsInterfaceIsNotHere() {
        final HostState state = new HostState();
        state.apply(first(LINK + VLAN_DATA));
        state.apply(first(ROUTE));

        final RouteLookup lookup = new RouteSelection(state).lookup(IpAddress.parse("198.51.100.9"));

        assertEquals(
            new RouteLookup(RouteLookup.Outcome.VLAN, 7, IpAddress.parse("10.9.0.2"), null, 1500), lookup);
    }

    @Test
    void shouldDecodeRoute() {
        final Route route = RouteMessage.decode(first(ROUTE));

        assertEquals(new Route(IpAddress.parse("198.51.100.0"), 24, Route.TABLE_MAIN, Route.Type.UNICAST, 0, 3, 0,
            List.of(new NextHop(7, IpAddress.parse("10.9.0.2"), 1, false, false)), null, 0), route);
    }

    @Test
    void shouldDecodeMultipathRoute() {
        final Route route = RouteMessage.decode(first(MULTIPATH));

        assertEquals(100, route.metric());
        assertEquals(List.of(
            new NextHop(7, IpAddress.parse("10.9.0.2"), 3, false, false),
            new NextHop(8, IpAddress.parse("10.9.0.3"), 1, true, false),
            new NextHop(9, null, 1, false, false)), route.nextHops());
    }

    @Test
    void shouldDecodeNeighbour() {
        final Neighbour neighbour = NeighbourMessage.decode(first(NEIGHBOUR));

        assertEquals(new Neighbour.Key(7, IpAddress.parse("10.9.0.2")), neighbour.key());
        assertEquals("02:aa:bb:cc:dd:ee", neighbour.mac().toString());
        assertTrue(neighbour.isUsable() && neighbour.isStale());
    }

    @Test
    void shouldDecodeAddress() {
        assertEquals(
            new InterfaceAddress(7, IpAddress.parse("10.9.0.1"), 24, 0, 0x80), AddressMessage.decode(first(ADDRESS)));
    }

    @Test
    void shouldWriteNeighbourRequestAsKernelExpects() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[256]);
        final NetlinkRequest request = new NetlinkRequest(buffer);

        NeighbourMessage.encodeUse(request, 5, new Neighbour.Key(7, IpAddress.parse("10.9.0.2")));

        final byte[] written = new byte[request.length()];
        buffer.getBytes(0, written);
        assertEquals(
            "24000000" + "1c00" + "0504" + "05000000" + "00000000"
                + "02000000" + "07000000" + "0000" + "01" + "00" + "08000100" + "0a090002",
            HexFormat.of().formatHex(written));
    }

    @Test
    void shouldRefuseWhatIsNotOurs() {
        assertNull(RouteMessage.decode(first(ROUTE.replace("02 18 00 00", "02 21 00 00"))), "prefix of 33 bits");
        assertNull(RouteMessage.decode(first(ROUTE.replace("02 18 00 00", "07 18 00 00"))), "a bridge's family");
        assertNull(RouteMessage.decode(first(ROUTE.replace("02 18 00 00", "02 18 00 10"))), "for one TOS only");
        assertNull(LinkMessage.decode(first((LINK + VLAN_DATA).replace("00 00 0100 07", "07 00 0100 07"))));
        assertFalse(message("0f000000 1000 0000 00000000 00000000").next(), "length below the header's");
    }

    @Test
    void shouldSurviveAnyBytes() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<byte[]> samples = seeds();
        final HostState state = new HostState();

        assertTimeoutPreemptively(ofSeconds(20), () -> {
            for (int i = 0; i < 60_000; i++) {
                final byte[] datagram = mutate(samples.get(random.nextInt(samples.size())), random);
                // the buffer ends where the datagram ends, so that reading beyond throws
                final NetlinkMessage message =
                    new NetlinkMessage().wrap(new UnsafeBuffer(datagram), 0, datagram.length);
                while (message.next()) {
                    state.apply(message);
                    message.errno();
                }
            }
        }, "seed " + seed);
    }

    /** A message of each kind, and all in one datagram. */
    static List<byte[]> seeds() {
        final List<String> messages = List.of(LINK + VLAN_DATA, ADDRESS, NEIGHBOUR, ROUTE, MULTIPATH);
        final List<byte[]> seeds = new ArrayList<>(messages.stream().map(RtnetlinkDecodeTest::bytes).toList());
        seeds.add(bytes(String.join("", messages)));
        return seeds;
    }

    private static byte[] mutate(final byte[] sample, final Random random) {
        byte[] datagram = sample.clone();
        if (random.nextInt(4) == 0) {
            datagram = Arrays.copyOf(datagram, random.nextInt(datagram.length + 1));
            if (datagram.length >= Integer.BYTES && random.nextBoolean()) {
                new UnsafeBuffer(datagram).putInt(0, datagram.length);
            }
        }
        for (int changes = random.nextInt(6); changes > 0 && datagram.length > 0; changes--) {
            final int position = random.nextInt(datagram.length);
            datagram[position] = (byte) (random.nextBoolean() ? random.nextInt(256) : datagram[position] + 1);
        }
        return datagram;
    }

    private static NetlinkMessage first(final String hex) {
        final NetlinkMessage message = message(hex);
        assertTrue(message.next());
        return message;
    }

    private static NetlinkMessage message(final String hex) {
        final byte[] bytes = bytes(hex);
        return new NetlinkMessage().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private static byte[] bytes(final String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
