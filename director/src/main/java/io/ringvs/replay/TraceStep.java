package io.ringvs.replay;

import java.util.List;

/** One line of a {@code trace.jsonl}: what happened, and when, in milliseconds since the start. */
sealed interface TraceStep {
    int number();

    long timeMs();

    /**
     * A frame was put into an interface.
     *
     * @param out  what came out because of it, in order for each interface
     * @param pass whether it was left to the host's own stack
     */
    record FrameIn(int number, long timeMs, PortFrame in, List<PortFrame> out, boolean pass) implements TraceStep {
    }

    /** Frames came out without a new input. */
    record LateOut(int number, long timeMs, List<PortFrame> out) implements TraceStep {
    }

    /** A command was run. */
    record Command(int number, long timeMs, String line, int status, String out, String err) implements TraceStep {
    }

    /** Time passed before the next step. */
    record Sleep(int number, long timeMs, long sleptMs) implements TraceStep {
    }
}
