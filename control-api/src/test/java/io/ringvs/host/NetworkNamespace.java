package io.ringvs.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.linux.CallingThread;

/** A network namespace of a test; gone, with all its interfaces, when closed or when the JVM ends. */
final class NetworkNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(
            new Thread(() -> OPEN.forEach((name) -> run("", "ip", "netns", "del", name))));
    }

    private final String name = "rvs-host-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    NetworkNamespace() {
        run("", "ip", "netns", "add", name);
        OPEN.add(name);
        ip("link set lo up");
    }

    String name() {
        return name;
    }

    /** Runs ip(8) in the namespace. */
    String ip(final String arguments) {
        return run("", ("ip -n " + name + " " + arguments).split(" "));
    }

    /** Runs many commands of ip(8) at once. */
    String ipBatch(final Iterable<String> commands) {
        return run(String.join("\n", commands) + "\n", "ip", "-n", name, "-batch", "-");
    }

    /** Runs many commands of ip(8) at once, of which some may fail. */
    String ipBatchForced(final Iterable<String> commands) {
        return run(String.join("\n", commands) + "\n", "ip", "-force", "-n", name, "-batch", "-");
    }

    /** Sets a kernel parameter of the namespace, named as below /proc/sys. */
    void sysctl(final String path, final String value) {
        run("", "ip", "netns", "exec", name, "sh", "-c", "echo " + value + " > /proc/sys/" + path);
    }

    /** Runs something on a thread of its own inside the namespace; sockets that it opens stay there. */
    <T> T inside(final Callable<T> task) {
        final FutureTask<T> future = new FutureTask<>(() -> {
            CallingThread.enterNetworkNamespace(name);
            return task.call();
        });
        new Thread(future, name).start();
        try {
            return future.get();
        } catch (final Exception e) {
            throw new IllegalStateException("cannot work in network namespace " + name + "; is this root?", e);
        }
    }

    @Override
    public void close() {
        OPEN.remove(name);
        run("", "ip", "netns", "del", name);
    }

    private static String run(final String input, final String... command) {
        final List<String> words = new ArrayList<>(List.of(command));
        try {
            final Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final boolean forced = words.contains("-force");
            if (process.waitFor() != 0 && !forced) {
                throw new IllegalStateException(
                    String.join(" ", words) + " failed (these tests need root and iproute2): " + output);
            }
            return output;
        } catch (final IOException e) {
            throw new UncheckedIOException("these tests need root and iproute2", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
