package io.ringvs.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.PacketParser;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Adjacency;

class DirectForwarderTest {
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final HexFormat HEX = HexFormat.of();

    private final long memory = UnsafeApi.allocateMemory(4096);
    private final PacketBatch batch = new PacketBatch(1);
    private final FlowBatch flows = new FlowBatch(4);
    private final PacketParser parser = new PacketParser(memory, batch, flows);

    @AfterEach
    void free() {
        UnsafeApi.freeMemory(memory);
        flows.close();
    }

    @Test
    void shouldSendWhatLinuxSendsGivenTcpOverIpv4() {
        final Verdict verdict = forward(HEX.parseHex("0200000000010200000001fe0800"
            + "45000028123440004006f3fdc63364070a0000644e200050000003e8000000005002faf02dfb0000"), resolved(1500));

        assertEquals(Verdict.FORWARD, verdict);
        assertEquals("0200000002020200000000020800"
            + "45000028123440003f06f4fdc63364070a0000644e200050000003e8000000005002faf02dfb0000", hex(54));
    }

    @Test
    void shouldSendWhatLinuxSendsGivenIpv4Options() {
        forward(HEX.parseHex("0200000000010200000001fe0800"
            + "4600002c1234400040065ef5c63364070a000064940400004e230050000003e8000000005002faf02df80000"),
            resolved(1500));

        assertEquals("0200000002020200000000020800"
            + "4600002c123440003f065ff5c63364070a000064940400004e230050000003e8000000005002faf02df80000", hex(58));
    }

    @Test
    void shouldChangeOnlyAddressesAndHopLimitGivenIpv6() {
        final byte[] frame = v6().build();
        forward(frame, resolved(1500));

        final byte[] expected = frame.clone();
        System.arraycopy(HEX.parseHex("020000000202020000000002"), 0, expected, 0, 12);
        expected[14 + 7] = 63;
        assertEquals(HEX.formatHex(expected), hex(frame.length));
    }

    @Test
    void shouldKeepChecksumCorrectGivenEveryTimeToLiveAndChecksum() {
        final long header = memory + 64;
        for (int identification = 0; identification < 0x10000; identification++) {
            final int timeToLive = 2 + identification % 254;
            UnsafeApi.putLong(header, 0x2800_0045L | (long)identification << 32);
            UnsafeApi.putLong(header + 8, timeToLive | 6L << 8 | 0x0102_0304_0000_0000L);
            UnsafeApi.putInt(header + 16, 0x6400_000a);
            UnsafeApi.putShort(header + 10, InternetChecksum.of(header, 20));

            Ipv4Header.decrementTimeToLive(header);

            assertEquals(timeToLive - 1, Ipv4Header.timeToLive(header));
            final short incremental = UnsafeApi.getShort(header + 10);
            UnsafeApi.putShort(header + 10, (short)0);
            assertEquals(InternetChecksum.of(header, 20), incremental);
        }
    }

    @Test
    void shouldExpireGivenLastHop() {
        final byte[] frame = FrameBuilder.tcp(TcpHeader.ACK).timeToLive(1).build();
        assertUnchanged(Verdict.DROP_TTL_EXPIRED, frame, resolved(1500));
        assertUnchanged(Verdict.DROP_TTL_EXPIRED, v6().timeToLive(1).build(), resolved(1500));
        assertUnchanged(Verdict.DROP_TTL_EXPIRED, v6().timeToLive(0).build(), resolved(1500));
    }

    @Test
    void shouldCompareNetworkLengthWithMtu() {
        assertEquals(Verdict.FORWARD, forward(FrameBuilder.udp().payload(72).padding(20).build(), resolved(100)));
        assertEquals(Verdict.DROP_TOO_BIG,
            forward(FrameBuilder.udp().payload(73).fragment(DO_NOT_FRAGMENT).build(), resolved(100)));
        assertEquals(Verdict.FORWARD, forward(FrameBuilder.udp().payload(73).build(), resolved(100)));
        assertEquals(Verdict.DROP_TOO_BIG, forward(v6().build(), resolved(59)));
    }

    @Test
    void shouldNotWaitForNeighbourGivenPacketThatCannotBeSent() {
        final byte[] big = FrameBuilder.udp().payload(73).fragment(DO_NOT_FRAGMENT).build();
        assertEquals(Verdict.DROP_TOO_BIG, forward(big, adjacency(Adjacency.State.UNRESOLVED, 100)));
        final byte[] old = FrameBuilder.udp().timeToLive(1).build();
        assertUnchanged(Verdict.DROP_TTL_EXPIRED, old, adjacency(Adjacency.State.UNRESOLVED, 100));
    }

    @Test
    void shouldTellWhyThereIsNoWay() {
        final byte[] frame = FrameBuilder.tcp(TcpHeader.ACK).build();
        assertUnchanged(Verdict.PARKED, frame, adjacency(Adjacency.State.UNRESOLVED, 1500));
        assertUnchanged(Verdict.HOST_LOCAL, frame, adjacency(Adjacency.State.LOCAL, 1500));
        assertUnchanged(Verdict.DROP_NO_ROUTE, frame, adjacency(Adjacency.State.UNREACHABLE, 1500));
    }

    private static FrameBuilder v6() {
        return FrameBuilder.tcp(TcpHeader.ACK).from("2001:db8:9::7", 5000).to("2001:db8::100", 80);
    }

    private void assertUnchanged(final Verdict expected, final byte[] frame, final Adjacency adjacency) {
        assertEquals(expected, forward(frame, adjacency));
        assertEquals(HEX.formatHex(frame), hex(frame.length));
    }

    private Verdict forward(final byte[] frame, final Adjacency adjacency) {
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(memory + 256 + i, frame[i]);
        }
        batch.addresses[0] = 256;
        batch.lengths[0] = frame.length;
        batch.count = 1;
        parser.parse();
        assertEquals(Verdict.UNDECIDED, Verdict.ofCode(batch.verdicts[0]));
        return Verdict.ofCode(DirectForwarder.forward(memory + 256, batch.headers[0], adjacency));
    }

    private static Adjacency resolved(final int mtu) {
        return adjacency(Adjacency.State.RESOLVED, mtu);
    }

    /** Real server 02:00:00:00:02:02 from 02:00:00:00:00:02. */
    private static Adjacency adjacency(final Adjacency.State state, final int mtu) {
        return new Adjacency(state, 7, 0x0002_0202_0000_0002L, 0x0200_0000, mtu);
    }

    private String hex(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(memory + 256 + i);
        }
        return HEX.formatHex(bytes);
    }
}
