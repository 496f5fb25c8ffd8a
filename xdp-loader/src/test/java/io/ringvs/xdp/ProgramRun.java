package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.linux.LinuxCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The steering program in the kernel, run on frames from memory (BPF_PROG_RUN) instead of from an interface. */
final class ProgramRun implements AutoCloseable {
    final SteeringMap steering;
    final HostMacs hostMacs;
    final VlanMap vlanMap;
    final XskMap xskMap;
    final XdpCounters<XdpVerdict> counters;
    private final SteeringProgram program;
    private final FrameRun run;
    private int socketFd = -1;

    ProgramRun() {
        this(SteeringMap.create(1 << 12));
    }

    ProgramRun(final SteeringMap steering) {
        this.steering = steering;
        program = SteeringProgram.load(steering);
        run = new FrameRun(program.object().fd());
        hostMacs = program.hostMacs();
        hostMacs.setOwn(TestFrames.HOST_MAC);
        vlanMap = program.vlanMap();
        xskMap = program.xskMap();
        counters = program.counters();
    }

    /** Gives queue 0, on which test runs take place, a socket; the program does not care that nobody reads it. */
    ProgramRun withSocket() {
        socketFd = LinuxCalls.socket(LinuxCalls.AF_XDP, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC, 0);
        xskMap.put(0, socketFd);
        return this;
    }

    void closeSocket() {
        LinuxCalls.close(socketFd);
        socketFd = -1;
    }

    /** Runs the program on a frame, and checks that it was counted once and went where the verdict says. */
    XdpVerdict verdict(final byte[] bytes) {
        final Map<XdpVerdict, Long> before = counters.getAll();
        final int action = run(bytes, 1);
        final List<XdpVerdict> counted = new ArrayList<>();
        counters.getAll().forEach((verdict, count) -> {
            for (long i = before.get(verdict); i < count; i++) {
                counted.add(verdict);
            }
        });
        assertEquals(1, counted.size(), () -> "every frame is counted once, but this one under " + counted);
        final XdpVerdict verdict = counted.get(0);
        assertEquals(verdict.isPassed() ? FrameRun.XDP_PASS : FrameRun.XDP_REDIRECT, action, verdict::name);
        return verdict;
    }

    /** Runs the program {@code repeat} times on a frame and returns the last XDP action. */
    int run(final byte[] bytes, final int repeat) {
        return run.run(bytes, repeat);
    }

    /** Mean time of one run in the last call, in nanoseconds. */
    int durationNs() {
        return run.durationNs();
    }

    @Override
    public void close() {
        if (socketFd >= 0) {
            LinuxCalls.close(socketFd);
        }
        program.close();
        steering.close();
        run.close();
    }
}
