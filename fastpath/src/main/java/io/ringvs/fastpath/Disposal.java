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
    private final IcmpAnswers answers;

    /** @param host null if frames left to the host cannot be given to it; they are dropped then */
    Disposal(
        final long umemPointer, final FrameStack frames, final HostPath host, final WorkerCounters counters,
        final IcmpAnswers answers) {
        this.answers = answers;
        this.umemPointer = umemPointer;
        this.frames = frames;
        this.host = host;
        this.counters = counters;
    }

    /**
     * Ends a packet whose headers were parsed, and tells its sender if the verdict is one to tell. One that was forwarded
     * is left to its egress queue.
     *
     * @param interfaceIndex that it came in by
     * @param mtu            largest packet that its way takes, in bytes; of a packet that is too big
     */
    void end(
        final byte verdict, final long address, final long headers, final int interfaceIndex, final int mtu) {
        if (IcmpAnswers.isAnswered(verdict) && answers.answer(verdict, address, headers, interfaceIndex, mtu)) {
            counters.count(verdict, 1);
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
        frames.push(address);
    }
}
