package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.service.IpProtocol;

/**
 * The parser stays within the frame whatever it contains. Each frame lies once right behind an unmapped page and once
 * right before one (a read outside ends the JVM), and its surroundings change without changing the answer.
 */
class PacketParserFuzzTest {
    private static final int RANDOM_FRAMES = 200_000;
    private static final int MUTATIONS = 200_000;

    private final long page = LinuxCalls.pageSize();
    /** Two mapped pages with an unmapped one before and behind. */
    private final long mapped = mapBetweenHoles();
    private final PacketBatch batch = new PacketBatch(1);
    private final FlowBatch flows = new FlowBatch(4);
    private final PacketParser parser = new PacketParser(0, batch, flows);

    private long mapBetweenHoles() {
        final long area = LinuxCalls.mmap(0, 4 * page, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE,
            LinuxCalls.MAP_PRIVATE | LinuxCalls.MAP_ANONYMOUS, -1, 0);
        LinuxCalls.munmap(area, page);
        LinuxCalls.munmap(area + 3 * page, page);
        return area + page;
    }

    @AfterEach
    void unmap() {
        LinuxCalls.munmap(mapped, 2 * page);
        flows.close();
    }

    @Test
    void shouldStayWithinFrameGivenTruncationAtEveryLength() {
        for (final byte[] frame : samples()) {
            for (int length = 0; length <= frame.length; length++) {
                final Verdict verdict = parseWithin(Arrays.copyOf(frame, length));
                if (length < EthernetHeader.LENGTH) {
                    assertEquals(Verdict.DROP_TRUNCATED, verdict);
                }
            }
        }
    }

    @Test
    void shouldStayWithinFrameGivenRandomBytes() {
        final Random random = seeded();
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            final byte[] frame = new byte[random.nextInt(160)];
            random.nextBytes(frame);
            if (frame.length > 14 && random.nextBoolean()) {
                frame[12] = (byte)(random.nextBoolean() ? 0x08 : 0x86);
                frame[13] = (byte)(frame[12] == 0x08 ? 0x00 : 0xdd);
                frame[14] = (byte)(frame[12] == 0x08 ? 0x45 + random.nextInt(4) : 0x60);
                frame[0] = 0;
            }
            parseWithin(frame);
        }
    }

    @Test
    void shouldStayWithinFrameGivenDamagedPackets() {
        final Random random = seeded();
        final List<byte[]> samples = samples();
        int accepted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            final byte[] sample = samples.get(random.nextInt(samples.size()));
            final byte[] frame = Arrays.copyOf(sample, sample.length - random.nextInt(4));
            for (int damage = random.nextInt(4); damage > 0; damage--) {
                frame[12 + random.nextInt(frame.length - 12)] = (byte)random.nextInt();
            }
            FrameBuilder.repairIpv4Checksum(frame);
            accepted += parseWithin(frame) == Verdict.UNDECIDED ? 1 : 0;
        }
        assertTrue(accepted > MUTATIONS / 20, "most damage was caught before the interesting code: " + accepted);
    }

    /** Parses at both ends of the mapped pages with two kinds of surroundings, and compares. */
    private Verdict parseWithin(final byte[] frame) {
        final long end = mapped + 2 * page;
        final String first = parseAt(mapped, frame, (byte)0);
        assertEquals(first, parseAt(mapped, frame, (byte)0xff));
        assertEquals(first, parseAt(end - frame.length, frame, (byte)0));
        assertEquals(first, parseAt(end - frame.length, frame, (byte)0xa5));
        final Verdict verdict = Verdict.ofCode(batch.verdicts[0]);
        if (verdict == Verdict.UNDECIDED) {
            final long word = batch.headers[0];
            assertTrue(ParsedHeaders.frameLength(word) <= frame.length);
            assertTrue(ParsedHeaders.transportOffset(word) + minimum(ParsedHeaders.protocol(word))
                <= ParsedHeaders.frameLength(word));
        }
        return verdict;
    }

    private static int minimum(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> 20;
            case IpProtocol.UDP -> 8;
            case IpProtocol.SCTP -> 16;
            default -> throw new AssertionError("protocol " + protocol);
        };
    }

    private String parseAt(final long pointer, final byte[] frame, final byte around) {
        UnsafeApi.setMemory(mapped, 256, around);
        UnsafeApi.setMemory(mapped + 2 * page - 256, 256, around);
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(pointer + i, frame[i]);
        }
        for (int i = 0; i < 5; i++) {
            UnsafeApi.putLong(flows.entry(0) + i * 8L, 0);
        }
        batch.addresses[0] = pointer;
        batch.lengths[0] = frame.length;
        batch.headers[0] = 0;
        batch.count = 1;
        parser.parse();
        final StringBuilder answer = new StringBuilder().append(batch.verdicts[0]).append(' ').append(batch.headers[0]);
        for (int i = 0; i < 5; i++) {
            answer.append(' ').append(UnsafeApi.getLong(flows.entry(0) + i * 8L));
        }
        return answer.toString();
    }

    static List<byte[]> samples() {
        final List<byte[]> samples = new ArrayList<>();
        samples.add(FrameBuilder.tcp(TcpHeader.SYN).build());
        samples.add(FrameBuilder.tcp(TcpHeader.SYN).tags("88a8000181000002").options("0101010194040000").build());
        samples.add(FrameBuilder.udp().payload(4).build());
        samples.add(FrameBuilder.tcp(0).protocol(IpProtocol.SCTP)
            .transport("4e200050" + "0000000000000000" + "0a000005aa000000" + "06000004").build());
        samples.add(FrameBuilder.udp().from("2001:db8:9::7", 5000).to("2001:db8::100", 53)
            .extensions(0, "3c00010400000000" + "2c010104000000000000000000000000" + "1100000012345678").build());
        samples.add(FrameBuilder.tcp(TcpHeader.ACK).from("2001:db8:9::7", 5000).to("2001:db8::100", 53)
            .extensions(51, "060100000000000100000000").build());
        return samples;
    }

    private static Random seeded() {
        final long seed = System.nanoTime();
        System.out.println("PacketParserFuzzTest seed " + seed);
        return new Random(seed);
    }
}
