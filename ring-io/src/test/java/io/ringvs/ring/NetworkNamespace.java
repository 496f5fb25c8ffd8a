package io.ringvs.ring;

import io.ringvs.linux.CallingThread;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Gives each test a network namespace of its own and runs it on a thread inside, so that nothing is left behind and
 * nothing of the machine's own network is touched. Needs root, and says so.
 */
final class NetworkNamespace implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final String name = "rvs-rings-" + ProcessHandle.current().pid() + "-" + SERIAL.incrementAndGet();

    @Override
    public void beforeEach(final ExtensionContext context) {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IllegalStateException("this test makes network namespaces: run it as root");
        }
        run("ip", "netns", "add", name);
        command("sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
    }

    @Override
    public void afterEach(final ExtensionContext context) {
        run("ip", "netns", "del", name);
    }

    @Override
    public void interceptTestMethod(
        final Invocation<Void> invocation, final ReflectiveInvocationContext<Method> invocationContext,
        final ExtensionContext context) throws Throwable {
        final Throwable[] thrown = new Throwable[1];
        final Thread thread = new Thread(() -> {
            try {
                CallingThread.enterNetworkNamespace(name);
                invocation.proceed();
            } catch (final Throwable t) {
                thrown[0] = t;
            }
        }, name);
        thread.start();
        thread.join();
        if (thrown[0] != null) {
            throw thrown[0];
        }
    }

    /** Makes a veth pair, both ends up, with that many queues on each end. */
    void veth(final String one, final String other, final int queues) {
        final String count = Integer.toString(queues);
        command("ip", "link", "add", one, "numrxqueues", count, "numtxqueues", count, "type", "veth",
            "peer", "name", other, "numrxqueues", count, "numtxqueues", count);
        command("ip", "link", "set", one, "up");
        command("ip", "link", "set", other, "up");
    }

    /** Runs a command inside and returns what it printed. */
    String command(final String... words) {
        final String[] all = new String[words.length + 4];
        System.arraycopy(new String[] {"ip", "netns", "exec", name}, 0, all, 0, 4);
        System.arraycopy(words, 0, all, 4, words.length);
        return run(all);
    }

    static String run(final String... words) {
        try {
            final Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", words) + " failed: " + output);
            }
            return output;
        } catch (final java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
