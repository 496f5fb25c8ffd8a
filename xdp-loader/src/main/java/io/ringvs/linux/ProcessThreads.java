package io.ringvs.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * All threads of this process, the JVM's own included.
 *
 * <p><b>Errors</b>: {@link NativeCallException}.
 */
public final class ProcessThreads {
    private static final Path TASKS = Path.of("/proc/self/task");

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
                    allowCpus(thread, cpus);
                }
            }
            threads = ids();
        }
    }

    private static void allowCpus(final int thread, final int[] cpus) {
        try {
            CallingThread.allowCpus(thread, cpus);
        } catch (final NativeCallException e) {
            if (e.errno() != Errno.ESRCH) { // it has ended
                throw e;
            }
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
