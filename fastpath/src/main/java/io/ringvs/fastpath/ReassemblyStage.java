package io.ringvs.fastpath;

import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.PacketParser;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.service.IpProtocol;

/**
 * Replaces the fragments of a batch by the packets they complete. Such a packet takes its last fragment's place in the
 * batch and goes through all stages like any other, but its frame is no frame of the UMEM.
 *
 * <p>Fragments of protocols that no virtual service has stay with the host.
 *
 * <p><b>Threading:</b> one worker.
 */
final class ReassemblyStage {
    private static final byte FRAGMENT = Verdict.HOST_FRAGMENT.code();
    private static final byte HELD = Verdict.HELD.code();
    private static final byte REFUSED = Verdict.DROP_FRAGMENT.code();

    private final long umemPointer;
    private final FrameStack frames;
    private final PacketBatch batch;
    private final PacketParser parser;
    private final Reassembly reassembly;

    ReassemblyStage(
        final long umemPointer, final FrameStack frames, final PacketBatch batch, final PacketParser parser,
        final Reassembly reassembly) {
        this.umemPointer = umemPointer;
        this.frames = frames;
        this.batch = batch;
        this.parser = parser;
        this.reassembly = reassembly;
    }

    /** Treats the fragments of the batch. */
    void reassemble(final long nowNs) {
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == FRAGMENT && mayBeServed(batch.headers[i])) {
                add(i, nowNs);
            }
        }
    }

    private void add(final int i, final long nowNs) {
        final long address = batch.addresses[i];
        final int place = reassembly.add(umemPointer + address, batch.headers[i], nowNs);
        if (place < 0) {
            batch.verdicts[i] = place == Reassembly.WAITING ? HELD : REFUSED;
            return;
        }
        frames.push(address);
        batch.addresses[i] = reassembly.frame(place) - umemPointer;
        batch.lengths[i] = reassembly.frameLength(place);
        parser.parseReassembled(i);
    }

    /** What follows the fragment header of IPv6 may be further headers, which only the first fragment has. */
    private static boolean mayBeServed(final long headers) {
        final int protocol = ParsedHeaders.protocol(headers);
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP || protocol == IpProtocol.SCTP
            || ParsedHeaders.isIpv6(headers) && Ipv6Header.isExtension(protocol);
    }
}
