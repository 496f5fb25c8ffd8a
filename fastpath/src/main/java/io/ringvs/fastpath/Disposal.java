package io.ringvs.fastpath;

import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Umem;
import io.ringvs.snapshot.Destination;

import org.agrona.UnsafeApi;

/**
 * Ends packets that are not forwarded: counts the verdict, offers the host what is the host's, and frees the frame.
 *
 * <p><b>Threading:</b> one worker.
 */
final class Disposal {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte NO_DESTINATION = Verdict.DROP_NO_DESTINATION.code();
    private static final byte FIRST_HOST = Verdict.HOST_NOT_IP.code();
    private static final byte LAST_HOST = Verdict.HOST_LOCAL.code();

    /** Bytes of a packet that an ICMP error quotes at most. */
    private static final int MAX_QUOTED = 1280;

    private final long umemPointer;
    private final long umemLength;
    private final FrameStack frames;
    private final Reassembly reassembly;
    private final HostPath host;
    private final WorkerCounters counters;
    private final IcmpAnswers answers;
    private final TrafficCounter traffic;

    /** @param host null if frames left to the host cannot be given to it; they are dropped then */
    Disposal(
        final Umem umem, final FrameStack frames, final Reassembly reassembly, final HostPath host,
        final WorkerCounters counters,
        final IcmpAnswers answers, final TrafficCounter traffic) {
        this.answers = answers;
        this.traffic = traffic;
        this.umemPointer = umem.basePointer();
        this.umemLength = umem.lengthBytes();
        this.reassembly = reassembly;
        this.frames = frames;
        this.host = host;
        this.counters = counters;
    }

    /**
     * Ends a packet whose headers were parsed, and tells its sender if the verdict is one to tell. One that was
     * forwarded is left to its egress queue.
     *
     * <p>An answer about a connection's packet counts as a packet of its server, as it does in Linux, where it passes
     * IPVS on its way out. Not so with NAT: there a connection is found by its server's address, and the answer has the
     * virtual one.
     *
     * @param interfaceIndex that it came in by
     * @param method         of its connection, a {@link io.ringvs.service.ForwardingMethod} value
     * @param destination    of its connection, or null
     * @param mtu            of its way, in bytes
     */
    void end(
        final byte verdict, final long address, final long headers, final int interfaceIndex, final int method,
        final Destination destination, final int mtu) {
        if (ParsedHeaders.isReassembled(headers) && IcmpAnswers.isAnswered(verdict) && frames.size() != 0) {
            // an answer quotes the packet's beginning and takes its frame
            end(verdict, beginning(address, headers), headers & ~ParsedHeaders.REASSEMBLED, interfaceIndex, method,
                destination, mtu);
            return;
        }
        final int answered = IcmpAnswers.isAnswered(verdict) && !ParsedHeaders.isReassembled(headers)
            ? answers.answer(verdict, address, headers, interfaceIndex, mtu, destination) : 0;
        if (answered != 0) {
            counters.count(verdict, 1);
            if (destination != null && verdict != NO_DESTINATION && !Translations.isTranslated(method)) {
                traffic.countOut(destination, answered);
            }
        } else if (verdict != FORWARD) {
            dispose(verdict, address, ParsedHeaders.frameLength(headers));
        }
    }

    /** Ends a packet. */
    void dispose(final byte verdict, final long address, final int length) {
        counters.count(verdict, 1);
        if (host != null && verdict >= FIRST_HOST && verdict <= LAST_HOST
            && host.accept(umemPointer + address, length)) {
            counters.countHandedToHost();
        }
        discard(address);
    }

    /** Ends a packet that is none of the director's, and so counts nowhere. */
    void discard(final long address) {
        if (Long.compareUnsigned(address, umemLength) < 0) {
            frames.push(address);
        } else {
            reassembly.release(umemPointer + address);
        }
    }

    /** Copies the beginning of a packet that was put together from fragments into a free frame, and frees its place. */
    private long beginning(final long address, final long headers) {
        final long frame = frames.pop() + Umem.XDP_PACKET_HEADROOM;
        UnsafeApi.copyMemory(umemPointer + address, umemPointer + frame,
            ParsedHeaders.networkOffset(headers) + Math.min(ParsedHeaders.networkLength(headers), MAX_QUOTED));
        reassembly.release(umemPointer + address);
        return frame;
    }
}
