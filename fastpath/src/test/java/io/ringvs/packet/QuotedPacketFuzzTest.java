package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.service.IpProtocol;

/** Reading what an ICMP error quotes stays within the frame: each frame lies right before an unmapped page. */
class QuotedPacketFuzzTest {
    private static final int ROUNDS = 300_000;

    private final GuardedPage page = new GuardedPage();
    private final PacketBatch batch = new PacketBatch(1);
    private final FlowBatch flows = new FlowBatch(4);
    private final PacketParser parser = new PacketParser(0, batch, flows);

    @AfterEach
    void unmap() {
        page.unmap();
        flows.close();
    }

    @Test
    void shouldStayWithinFrameGivenDamageAndTruncation() {
        final long seed = System.nanoTime();
        System.out.println("QuotedPacketFuzzTest seed " + seed);
        final Random random = new Random(seed);
        final List<byte[]> samples = samples();
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] sample = samples.get(random.nextInt(samples.size()));
            final byte[] frame = Arrays.copyOf(sample, sample.length - random.nextInt(40));
            final boolean v4 = frame[12] == 0x08;
            put16(frame, v4 ? 16 : 18, frame.length - (v4 ? 14 : 54));
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                final int start = v4 ? 34 : 54;
                frame[start + random.nextInt(frame.length - start)] = (byte)random.nextInt();
            }
            FrameBuilder.repairIpv4Checksum(frame);
            read += readWithin(frame) ? 1 : 0;
        }
        assertTrue(read > ROUNDS / 10, "hardly any was read to its ports: " + read);
    }

    static List<byte[]> samples() {
        return List.of(ipv4(), ipv6(), tunnel(IpProtocol.IPIP, ""),
            tunnel(IpProtocol.UDP, "800015b30040000001040000aabbccdd"), tunnel(IpProtocol.GRE, "8000080012340000"));
    }

    private boolean readWithin(final byte[] frame) {
        final long pointer = page.put(frame);
        batch.addresses[0] = pointer;
        batch.lengths[0] = frame.length;
        batch.count = 1;
        parser.parse();
        if (batch.verdicts[0] != Verdict.HOST_ICMP.code()) {
            return false;
        }
        assertEquals(1, batch.related);
        final int ports = QuotedPacket.readFlow(pointer, batch.headers[0], flows.entry(1));
        assertTrue(ports == QuotedPacket.NONE || ports + 4 <= ParsedHeaders.frameLength(batch.headers[0]));
        final int inner = QuotedTunnel.inner(pointer, batch.headers[0]);
        if (inner != QuotedTunnel.NONE) {
            QuotedTunnel.udpPort(pointer, batch.headers[0]);
            QuotedTunnel.readFlow(pointer, inner, flows.entry(1));
        }
        return ports != QuotedPacket.NONE || inner != QuotedTunnel.NONE;
    }

    private static byte[] ipv4() {
        final byte[] quoted = FrameBuilder.tcp(TcpHeader.ACK).from("10.0.0.100", 80).to("198.51.100.7", 20000).build();
        return FrameBuilder.tcp(0).from("203.0.113.1", 0).protocol(IpProtocol.ICMP)
            .transport("0304000000000578" + HexFormat.of().formatHex(quoted, 14, quoted.length)).build();
    }

    private static byte[] ipv6() {
        final byte[] quoted = FrameBuilder.tcp(TcpHeader.ACK).from("2001:db8::100", 80).to("2001:db8:9::7", 20000)
            .extensions(60, "3300010400000000" + "060100000000000100000000").build();
        return FrameBuilder.tcp(0).from("2001:db8:d::1", 0).to("2001:db8::100", 0).protocol(IpProtocol.ICMPV6)
            .transport("0200000000000578" + HexFormat.of().formatHex(quoted, 14, quoted.length)).build();
    }

    private static byte[] tunnel(final int protocol, final String between) {
        final byte[] inner = FrameBuilder.tcp(TcpHeader.ACK).build();
        final byte[] outer = FrameBuilder.tcp(0).from("192.168.1.1", 0).to("192.168.1.11", 0).protocol(protocol)
            .transport(between + HexFormat.of().formatHex(inner, 14, inner.length)).build();
        return FrameBuilder.tcp(0).from("203.0.113.1", 0).protocol(IpProtocol.ICMP)
            .transport("0304000000000578" + HexFormat.of().formatHex(outer, 14, outer.length)).build();
    }

    private static void put16(final byte[] frame, final int offset, final int value) {
        frame[offset] = (byte)(value >> 8);
        frame[offset + 1] = (byte)value;
    }
}
