package io.ringvs.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

import org.agrona.UnsafeApi;

/**
 * All threads of this process, the JVM's own included.
 *
 * <p><b>Errors</b>: {@link NativeCallException}.
 */
public final class ProcessThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    /** include/uapi/linux/sched.h. */
    private static final int SCHED_FIFO = 1;
    private static final int LEAST_REAL_TIME_PRIORITY = 1;
    /** include/uapi/linux/resource.h; a thread's id means that thread alone, setpriority(2). */
    private static final int PRIO_PROCESS = 0;
    /** A tenth of the weight of other threads. */
    private static final int LATER = 10;

    private ProcessThreads() {
    }

    /**
     * Lets all threads that there are, and those that they start, run on these processors only. EINVAL in the exception
     * means that none of them is available.
     */
    public static void allowCpus(final int... cpus) {
        final Set<Integer> done = new HashSet<>();
        Set<Integer> threads = ids();
        // a thread that another one started meanwhile has that one's old processors
        while (!done.containsAll(threads)) {
            for (final int thread : threads) {
                if (done.add(thread)) {
                    unlessEnded(() -> CallingThread.allowCpus(thread, cpus));
                }
            }
            threads = ids();
        }
    }

    /**
     * Lets the threads of that name go before all that are not real-time (SCHED_FIFO); needs CAP_SYS_NICE.
     *
     * @param name as the kernel knows it: its first 15 bytes
     * @return their number
     */
    public static int runFirst(final String name) {
        int found = 0;
        for (final int thread : ids()) {
            if (name.equals(name(thread)) && unlessEnded(() -> runFirst(thread))) {
                found++;
            }
        }
        return found;
    }

    /**
     * Lets the threads whose names begin so, and those that they start, wait where others of this process want their
     * processor.
     *
     * @return their number
     */
    public static int runLater(final String prefix) {
        int found = 0;
        for (final int thread : ids()) {
            if (name(thread).startsWith(prefix) && unlessEnded(() -> runLater(thread))) {
                found++;
            }
        }
        return found;
    }

    private static void runLater(final int thread) {
        if (LinuxCalls.LIBC.setpriority(PRIO_PROCESS, thread, LATER) < 0) {
            throw LinuxCalls.failed("setpriority", "PRIO_PROCESS, " + LATER);
        }
    }

    private static void runFirst(final int thread) {
        final long parameters = UnsafeApi.allocateMemory(Integer.BYTES); // struct sched_param
        try {
            UnsafeApi.putInt(parameters, LEAST_REAL_TIME_PRIORITY);
            if (LinuxCalls.LIBC.sched_setscheduler(thread, SCHED_FIFO, parameters) < 0) {
                throw LinuxCalls.failed("sched_setscheduler", "SCHED_FIFO");
            }
        } finally {
            UnsafeApi.freeMemory(parameters);
        }
    }

    private static String name(final int thread) {
        try {
            return Files.readString(TASKS.resolve(Integer.toString(thread)).resolve("comm")).stripTrailing();
        } catch (final IOException e) {
            return ""; // it has ended
        }
    }

    /** Whether the call found its thread. */
    private static boolean unlessEnded(final Runnable call) {
        try {
            call.run();
            return true;
        } catch (final NativeCallException e) {
            if (e.errno() != Errno.ESRCH) {
                throw e;
            }
            return false;
        }
    }

    private static Set<Integer> ids() {
        final Set<Integer> ids = new HashSet<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            tasks.forEach(task -> ids.add(Integer.valueOf(task.getFileName().toString())));
        } catch (final IOException e) {
            throw new UncheckedIOException("the threads of this process cannot be listed", e);
        }
        return ids;
    }
}
