package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.linux.CallingThread;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A network namespace for one test, with a thread that lives in it; needs root. */
final class TestNamespace implements AutoCloseable {
    final String name = "rvs-xdp-" + ProcessHandle.current().pid();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    TestNamespace() {
        sh("ip netns add " + name);
        call(() -> {
            CallingThread.enterNetworkNamespace(name);
            return null;
        });
    }

    /** A pair of Ethernet interfaces that are each other's peer, both up. */
    TestNamespace withVeth(final String left, final String right) {
        sh("ip -n " + name + " link add " + left + " address 02:00:00:00:00:01 numrxqueues 2 numtxqueues 2"
            + " type veth peer name " + right + " numrxqueues 2 numtxqueues 2");
        sh("ip -n " + name + " link set " + left + " up");
        sh("ip -n " + name + " link set " + right + " up");
        return this;
    }

    /** Runs a shell command, which must succeed, and returns what it printed. */
    static String sh(final String command) {
        try {
            final Process process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true).start();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, process.waitFor(), () -> command + " failed (these tests need root): " + output);
            return output;
        } catch (final IOException | InterruptedException e) {
            throw new AssertionError(command, e);
        }
    }

    String inside(final String command) {
        return sh("ip netns exec " + name + " " + command);
    }

    /** Makes a call on the thread inside; what it throws comes out as it is. */
    <T> T call(final Callable<T> callable) {
        try {
            return thread.submit(callable).get(30, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RuntimeException inner) {
                inner.setStackTrace(join(inner.getStackTrace(), new Throwable().getStackTrace()));
                throw inner;
            }
            throw new AssertionError(e.getCause());
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    private static StackTraceElement[] join(final StackTraceElement[] inner, final StackTraceElement[] outer) {
        final StackTraceElement[] joined = Arrays.copyOf(inner, inner.length + outer.length);
        System.arraycopy(outer, 0, joined, inner.length, outer.length);
        return joined;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        sh("ip netns del " + name);
    }
}
