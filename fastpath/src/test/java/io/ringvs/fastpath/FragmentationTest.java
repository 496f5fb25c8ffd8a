package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;

class FragmentationTest {
    private static final int LINK = 14;
    private static final HexFormat HEX = HexFormat.of();

    private final TestDirector director = new TestDirector();
    private int clientPort = 1000;
    private ServiceKey dns;
    private int server;

    @AfterEach
    void close() {
        director.close();
    }

    private void server(final ForwardingMethod method, final String address, final int mtu) {
        if (dns == null) {
            dns = director.rules.addService(IpProtocol.UDP, "10.0.0.100", 80, "rr");
            server = director.rules.addServer(dns, DestinationConfig.of(IpAddress.parse(address), 80, method, 1),
                method.value() | ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED,
                TestDirector.SERVERS);
        }
        director.rules.adjacency(server, new Adjacency(Adjacency.State.RESOLVED, TestDirector.SERVERS,
            0x0002_0202_0000_0002L, 0x0200_0000, mtu,
            IpAddress.parse(address.contains(":") ? "2001:db8:1::1" : "192.168.1.1")));
        director.publish();
    }

    private FrameBuilder udp() {
        return FrameBuilder.udp().from("198.51.100.7", clientPort++);
    }

    private List<byte[]> sent() {
        final List<byte[]> frames = new ArrayList<>();
        for (byte[] frame = director.servers().collect(); frame != null; frame = director.servers().collect()) {
            frames.add(frame);
        }
        return frames;
    }

    @Test
    void shouldDivideSoThatPartsMakeTheWholeGivenAnySizes() {
        final long seed = System.nanoTime();
        System.out.println("FragmentationTest seed " + seed);
        final Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            final int mtu = 68 + random.nextInt(1433);
            server(ForwardingMethod.DIRECT, "192.168.1.11", mtu);
            final byte[] packet = udp().payload(random.nextInt(1473)).random(random).build();

            director.receive(packet);

            assertArrayEquals(withHopTaken(packet), reassembled(sent(), mtu, 20));
        }
        assertEquals(2000, director.packets(Verdict.FORWARD));
        assertTrue(director.worker.counters().fragmented() > 500);
    }

    private static byte[] withHopTaken(final byte[] packet) {
        final byte[] expected = Arrays.copyOfRange(packet, LINK, packet.length);
        expected[8]--;
        Arrays.fill(expected, 10, 12, (byte)0);
        return expected;
    }

    /** The whole packet with checksum 0; checks each part. */
    private static byte[] reassembled(final List<byte[]> frames, final int mtu, final int headerLength) {
        final byte[] whole = new byte[65536];
        int next = 0;
        for (final byte[] frame : frames) {
            final boolean last = frame == frames.get(frames.size() - 1);
            assertEquals("0200000002020200000000020800", HEX.formatHex(frame, 0, LINK));
            assertTrue(frame.length - LINK <= mtu && (last || frame.length - LINK > mtu - 8), "size");
            assertEquals(frame.length - LINK, number(frame, LINK + 2));
            assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(frame, LINK, LINK + headerLength)));
            assertEquals(last ? 0 : 0x2000, number(frame, LINK + 6) & 0xe000);
            assertEquals(next, (number(frame, LINK + 6) & 0x1fff) * 8);
            final int payload = frame.length - LINK - headerLength;
            System.arraycopy(frame, LINK + headerLength, whole, headerLength + next, payload);
            next += payload;
        }
        System.arraycopy(frames.get(0), LINK, whole, 0, headerLength);
        final int length = headerLength + next;
        whole[2] = (byte)(length >> 8);
        whole[3] = (byte)length;
        Arrays.fill(whole, 6, 8, (byte)0);
        Arrays.fill(whole, 10, 12, (byte)0);
        return Arrays.copyOf(whole, length);
    }

    private static int number(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    @Test
    void shouldCopyOnlyOptionsThatSayTheyAreToBeCopied() {
        server(ForwardingMethod.DIRECT, "192.168.1.11", 100);
        // an experiment of RFC 4727 (not copied, 7 bytes), no operation, router alert (copied), end
        director.receive(udp().options("5e07040000000001" + "94040000" + "00000000").payload(200).build());

        final List<byte[]> frames = sent();
        assertEquals(4, frames.size());
        for (final byte[] frame : frames) {
            assertEquals(frame == frames.get(0) ? "5e07040000000001" + "9404000000000000"
                : "0101010101010101" + "9404000000000000", HEX.formatHex(frame, LINK + 20, LINK + 36));
        }
        assertEquals(208, reassembled(frames, 100, 36).length - 36);
    }

    @Test
    void shouldDivideOuterIpv6PacketGivenIpv4PacketThatMayBeDivided() {
        server(ForwardingMethod.TUNNEL, "2001:db8:1::11", 1400);
        final byte[] packet = udp().payload(1472).random(new Random(1)).build();
        director.receive(packet);

        final List<byte[]> frames = sent();

        assertEquals(2, frames.size());
        final byte[] inner = new byte[1500];
        int next = 0;
        for (int i = 0; i < 2; i++) {
            final byte[] frame = frames.get(i);
            final int payload = frame.length - LINK - 48;
            assertTrue(frame.length - LINK <= 1400);
            assertEquals("020000000202" + "020000000002" + "86dd" + "60000000" + String.format("%04x", payload + 8)
                + "2c3f", HEX.formatHex(frame, 0, LINK + 8));
            assertEquals("20010db8000100000000000000000001" + "20010db8000100000000000000000011" + "0400"
                + String.format("%04x", next | (i == 0 ? 1 : 0)), HEX.formatHex(frame, LINK + 8, LINK + 44));
            assertEquals(
                HEX.formatHex(frames.get(0), LINK + 44, LINK + 48), HEX.formatHex(frame, LINK + 44, LINK + 48));
            System.arraycopy(frame, LINK + 48, inner, next, payload);
            next += payload;
        }
        Arrays.fill(inner, 10, 12, (byte)0);
        assertArrayEquals(withHopTaken(packet), inner);
    }

    @Test
    void shouldCountPacketsAndNotFragmentsGivenMoreThanTheTxRingTakes() {
        server(ForwardingMethod.DIRECT, "192.168.1.11", 576);
        for (int i = 0; i < 60; i++) {
            assertTrue(director.clients().inject(udp().payload(i % 3 == 0 ? 10 : 1400).build()));
        }

        director.worker.doWork();

        int wholeOrFirst = 0;
        for (final byte[] frame : sent()) {
            wholeOrFirst += (number(frame, LINK + 6) & 0x1fff) == 0 ? 1 : 0;
        }
        assertEquals(wholeOrFirst, director.packets(Verdict.FORWARD));
        assertEquals(60, director.packets(Verdict.FORWARD) + director.packets(Verdict.DROP_TX_FULL)
            + director.packets(Verdict.DROP_NO_FRAME));
        assertTrue(director.packets(Verdict.DROP_TX_FULL) > 0);
    }

    @Test
    void shouldDropGivenNoFreeFrame() {
        server(ForwardingMethod.DIRECT, "192.168.1.11", 576);
        final List<Long> taken = new ArrayList<>();
        while (director.frames.size() > 0) {
            taken.add(director.frames.pop());
        }
        director.receive(udp().payload(1400).build());
        taken.forEach(director.frames::push);

        director.assertOnly(Verdict.DROP_NO_FRAME, 1);
    }
}
