package io.ringvs.fastpath;

import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;

/**
 * Ends packets that are not forwarded: counts the verdict, offers the host what is the host's, and frees the frame.
 *
 * <p><b>Threading:</b> one worker.
 */
final class Disposal {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte FIRST_HOST = Verdict.HOST_NOT_IP.code();
    private static final byte LAST_HOST = Verdict.HOST_LOCAL.code();

    private final long umemPointer;
    private final FrameStack frames;
    private final HostPath host;
    private final WorkerCounters counters;

    /** @param host null if frames left to the host cannot be given to it; they are dropped then */
    Disposal(final long umemPointer, final FrameStack frames, final HostPath host, final WorkerCounters counters) {
        this.umemPointer = umemPointer;
        this.frames = frames;
        this.host = host;
        this.counters = counters;
    }

    /** Ends a packet whose headers were parsed. One that was forwarded is left to its egress queue. */
    void dispose(final byte verdict, final long address, final long headers) {
        if (verdict != FORWARD) {
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
        frames.push(address);
    }
}
