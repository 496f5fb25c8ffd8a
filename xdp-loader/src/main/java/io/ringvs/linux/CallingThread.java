package io.ringvs.linux;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.agrona.UnsafeApi;

/**
 * What a thread asks the kernel about itself.
 *
 * <p><b>Threading</b>: any thread; each call concerns the one that makes it.
 *
 * <p><b>Errors</b>: {@link NativeCallException}.
 *
 * <p><b>Source</b>: section 2 of the Linux manual pages.
 */
public final class CallingThread {
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x80000;
    private static final int CLONE_NEWNET = 0x40000000;
    /** Room for 8192 processors, the most that Linux can be built for. */
    private static final int CPU_MASK_BYTES = 1024;

    private CallingThread() {
    }

    /** Kernel's id of the calling thread. */
    public static int id() {
        return LinuxCalls.LIBC.gettid();
    }

    /** Lets the calling thread run on one processor only. EINVAL in the exception means that it is not available. */
    public static void pin(final int cpu) {
        allowCpus(0, cpu);
    }

    /** Lets a thread of this process, 0 for the calling one, run on these processors only. */
    static void allowCpus(final int thread, final int... cpus) {
        final long mask = UnsafeApi.allocateMemory(CPU_MASK_BYTES);
        try {
            UnsafeApi.setMemory(mask, CPU_MASK_BYTES, (byte)0);
            for (final int cpu : cpus) {
                if (cpu < 0 || cpu >= CPU_MASK_BYTES * Byte.SIZE) {
                    throw new NativeCallException("sched_setaffinity", "cpu=" + cpu, Errno.EINVAL);
                }
                final long word = mask + (cpu / Long.SIZE) * (long)Long.BYTES;
                UnsafeApi.putLong(word, UnsafeApi.getLong(word) | 1L << (cpu % Long.SIZE));
            }
            if (LinuxCalls.LIBC.sched_setaffinity(thread, CPU_MASK_BYTES, mask) < 0) {
                throw LinuxCalls.failed("sched_setaffinity", "cpu=" + Arrays.toString(cpus));
            }
        } finally {
            UnsafeApi.freeMemory(mask);
        }
    }

    /** Processors that the calling thread may run on, ascending. */
    public static int[] allowedCpus() {
        final long mask = UnsafeApi.allocateMemory(CPU_MASK_BYTES);
        try {
            UnsafeApi.setMemory(mask, CPU_MASK_BYTES, (byte)0);
            if (LinuxCalls.LIBC.sched_getaffinity(0, CPU_MASK_BYTES, mask) < 0) {
                throw LinuxCalls.failed("sched_getaffinity", "");
            }
            return IntStream.range(0, CPU_MASK_BYTES * Byte.SIZE)
                .filter((cpu) -> (UnsafeApi.getLong(mask + (cpu / Long.SIZE) * (long)Long.BYTES)
                    >>> (cpu % Long.SIZE) & 1L) != 0)
                .toArray();
        } finally {
            UnsafeApi.freeMemory(mask);
        }
    }

    /**
     * Moves the calling thread into the network namespace of that name (as {@code ip netns} knows it); what it opens
     * from now on lies there. Threads started by it inherit the namespace, others are not touched.
     */
    public static void enterNetworkNamespace(final String name) {
        final String path = "/run/netns/" + name;
        final int fd = LinuxCalls.LIBC.open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            throw LinuxCalls.failed("open", path);
        }
        final int result = LinuxCalls.LIBC.setns(fd, CLONE_NEWNET);
        final int errno = result < 0 ? LinuxCalls.lastErrno() : 0;
        LinuxCalls.close(fd);
        if (result < 0) {
            throw new NativeCallException("setns", path, errno);
        }
    }
}
