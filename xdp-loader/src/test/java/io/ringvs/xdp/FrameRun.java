package io.ringvs.xdp;

import org.agrona.UnsafeApi;

/** A program in the kernel, run on frames from memory (BPF_PROG_RUN) instead of from an interface. */
final class FrameRun implements AutoCloseable {
    static final int XDP_DROP = 1;
    static final int XDP_PASS = 2;
    static final int XDP_REDIRECT = 4;

    /** {@code struct bpf_test_run_opts} of bpf/bpf.h. */
    private static final int OPTIONS_BYTES = 80;
    private static final int DATA_IN = 8;
    private static final int DATA_OUT = 16;
    private static final int DATA_SIZE_IN = 24;
    private static final int DATA_SIZE_OUT = 28;
    private static final int RETURN_VALUE = 56;
    private static final int REPEAT = 60;
    private static final int DURATION_NS = 64;
    private static final int MAX_FRAME_BYTES = 4096;

    private final int programFd;
    private final long frame = UnsafeApi.allocateMemory(2 * MAX_FRAME_BYTES);
    private final long options = UnsafeApi.allocateMemory(OPTIONS_BYTES);

    FrameRun(final int programFd) {
        this.programFd = programFd;
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
        UnsafeApi.putLong(options + DATA_OUT, frame + MAX_FRAME_BYTES);
        UnsafeApi.putInt(options + DATA_SIZE_OUT, MAX_FRAME_BYTES);
        UnsafeApi.putInt(options + REPEAT, repeat);
        Bpf.check(Bpf.get().calls.bpf_prog_test_run_opts(programFd, options), "bpf_prog_test_run_opts",
            bytes.length + " bytes");
        return UnsafeApi.getInt(options + RETURN_VALUE);
    }

    /** The frame as the last run left it. */
    byte[] output() {
        final byte[] bytes = new byte[UnsafeApi.getInt(options + DATA_SIZE_OUT)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = UnsafeApi.getByte(frame + MAX_FRAME_BYTES + i);
        }
        return bytes;
    }

    /** Mean time of one run in the last call, in nanoseconds. */
    int durationNs() {
        return UnsafeApi.getInt(options + DURATION_NS);
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(frame);
        UnsafeApi.freeMemory(options);
    }
}
