package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The decapsulation program, run by the kernel on frames from memory. */
final class DecapRun implements AutoCloseable {
    final DecapProgram program;
    private final FrameRun run;

    DecapRun(final Set<WireAddress> vips, final Set<WireAddress> hosts) {
        program = DecapProgram.load(vips, DecapProgram.DEFAULT_GUE_PORT);
        program.hostAddresses(hosts);
        run = new FrameRun(program.fd());
    }

    /** Runs the program on a frame; checks that it was counted once, and untouched unless unwrapped. */
    DecapVerdict verdict(final byte[] frame) {
        final Map<DecapVerdict, Long> before = program.counters().getAll();
        final int action = run.run(frame, 1);
        final List<DecapVerdict> counted = new ArrayList<>();
        program.counters().getAll().forEach((verdict, count) -> {
            for (long i = before.get(verdict); i < count; i++) {
                counted.add(verdict);
            }
        });
        assertEquals(1, counted.size(), () -> "every frame is counted once, but this one under " + counted);
        final DecapVerdict verdict = counted.get(0);
        assertEquals(verdict.isPassed() || verdict.isUnwrapped() ? FrameRun.XDP_PASS : FrameRun.XDP_DROP, action,
            verdict::name);
        if (verdict.isPassed()) {
            assertArrayEquals(frame, run.output(), () -> verdict + " leaves the frame alone");
        }
        return verdict;
    }

    /** The frame as the last run left it. */
    byte[] output() {
        return run.output();
    }

    @Override
    public void close() {
        run.close();
        program.close();
    }
}
