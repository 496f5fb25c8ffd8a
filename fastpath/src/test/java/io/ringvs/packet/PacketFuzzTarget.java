package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.conntab.FlowBatch;

/** Any bytes are a frame: the parser, and what reads the packet that an ICMP error quotes, stay within it. */
public final class PacketFuzzTarget {
    private static final GuardedPage PAGE = new GuardedPage();
    private static final PacketBatch BATCH = new PacketBatch(1);
    private static final FlowBatch FLOWS = new FlowBatch(4);
    private static final PacketParser PARSER = new PacketParser(0, BATCH, FLOWS);

    private PacketFuzzTarget() {
    }

    /** Frames of every kind, and errors about packets of every kind. */
    public static List<byte[]> seeds() {
        final List<byte[]> seeds = new ArrayList<>(PacketParserFuzzTest.samples());
        seeds.addAll(QuotedPacketFuzzTest.samples());
        return seeds;
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        if (data.length > PAGE.capacity()) {
            return;
        }
        final byte[] frame = data.clone();
        FrameBuilder.repairIpv4Checksum(frame);
        final long pointer = PAGE.put(frame);
        BATCH.addresses[0] = pointer;
        BATCH.lengths[0] = frame.length;
        BATCH.headers[0] = 0;
        BATCH.count = 1;
        PARSER.parse();
        final Verdict verdict = Verdict.ofCode(BATCH.verdicts[0]);
        if (verdict == Verdict.UNDECIDED) {
            assertTrue(ParsedHeaders.frameLength(BATCH.headers[0]) <= frame.length);
        } else if (verdict == Verdict.HOST_ICMP) {
            readQuoted(pointer, BATCH.headers[0]);
        }
    }

    private static void readQuoted(final long pointer, final long headers) {
        final int ports = QuotedPacket.readFlow(pointer, headers, FLOWS.entry(1));
        assertTrue(ports == QuotedPacket.NONE || ports + 4 <= ParsedHeaders.frameLength(headers));
        final int inner = QuotedTunnel.inner(pointer, headers);
        if (inner != QuotedTunnel.NONE) {
            QuotedTunnel.udpPort(pointer, headers);
            QuotedTunnel.readFlow(pointer, inner, FLOWS.entry(1));
        }
    }
}
