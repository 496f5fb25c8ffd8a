package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.linux.LinuxCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.UnsafeApi;

/** The steering program in the kernel, run on frames from memory (BPF_PROG_RUN) instead of from an interface. */
final class ProgramRun implements AutoCloseable {
    static final int XDP_PASS = 2;
    static final int XDP_REDIRECT = 4;

    /** {@code struct bpf_test_run_opts} of bpf/bpf.h. */
    private static final int OPTIONS_BYTES = 80;
    private static final int DATA_IN = 8;
    private static final int DATA_SIZE_IN = 24;
    private static final int RETURN_VALUE = 56;
    private static final int REPEAT = 60;
    private static final int DURATION_NS = 64;
    private static final int MAX_FRAME_BYTES = 4096;

    final SteeringMap steering;
    final HostMacs hostMacs;
    final XskMap xskMap;
    final XdpCounters counters;
    private final SteeringProgram program;
    private final long frame = UnsafeApi.allocateMemory(MAX_FRAME_BYTES);
    private final long options = UnsafeApi.allocateMemory(OPTIONS_BYTES);
    private int socketFd = -1;

    ProgramRun() {
        this(SteeringMap.create(1 << 12));
    }

    ProgramRun(final SteeringMap steering) {
        this.steering = steering;
        program = SteeringProgram.load(steering);
        hostMacs = program.hostMacs();
        hostMacs.setOwn(TestFrames.HOST_MAC);
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
        assertEquals(verdict.isPassed() ? XDP_PASS : XDP_REDIRECT, action, verdict::name);
        return verdict;
    }

    /** Runs the program {@code repeat} times on a frame and returns the last XDP action. */
    int run(final byte[] bytes, final int repeat) {
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(frame + i, bytes[i]);
        }
        UnsafeApi.setMemory(options, OPTIONS_BYTES, (byte)0);
        UnsafeApi.putLong(options, OPTIONS_BYTES);
        UnsafeApi.putLong(options + DATA_IN, frame);
        UnsafeApi.putInt(options + DATA_SIZE_IN, bytes.length);
        UnsafeApi.putInt(options + REPEAT, repeat);
        Bpf.check(Bpf.get().calls.bpf_prog_test_run_opts(program.fd(), options), "bpf_prog_test_run_opts",
            bytes.length + " bytes");
        return UnsafeApi.getInt(options + RETURN_VALUE);
    }

    /** Mean time of one run in the last call, in nanoseconds. */
    int durationNs() {
        return UnsafeApi.getInt(options + DURATION_NS);
    }

    @Override
    public void close() {
        if (socketFd >= 0) {
            LinuxCalls.close(socketFd);
        }
        program.close();
        steering.close();
        UnsafeApi.freeMemory(frame);
        UnsafeApi.freeMemory(options);
    }
}
