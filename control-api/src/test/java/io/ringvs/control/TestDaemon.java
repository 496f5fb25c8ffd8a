package io.ringvs.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.control.http.ApiEnvironment;
import io.ringvs.control.http.HttpApi;
import io.ringvs.control.http.TestMarks;
import io.ringvs.control.http.TestSettings;
import io.ringvs.service.IpvsSettings;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/** A control server with rules and one pretended worker, served by a thread of its own. */
public final class TestDaemon implements AutoCloseable {
    /** The word that clients on TCP have to know. */
    public static final String TOKEN = "0123456789abcdef";
    public final WorkerEpochs epochs = new WorkerEpochs(1);
    public final SnapshotPublisher snapshots = new SnapshotPublisher(epochs);
    public final TestRules test;
    private final HttpApi api;
    private final ControlServer server;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile Runnable task;

    public TestDaemon(final Path socket, final ConnectionSource connections) throws IOException {
        this(socket, connections, Steering.NONE);
    }

    public TestDaemon(final Path socket, final ConnectionSource connections, final Steering steering)
        throws IOException {
        final SnapshotCompiler[] compiler = new SnapshotCompiler[1];
        test = new TestRules(live -> compiler[0] = new SnapshotCompiler(live));
        final SnapshotRulePublisher publisher = new SnapshotRulePublisher(
            test.rules,
            () -> compiler[0].compile(address -> TestRules.NOWHERE, List.of(), IpvsSettings.DEFAULTS), snapshots,
            steering);
        api = new HttpApi(new ApiEnvironment(
            test.rules, connections, new TestSettings(), new TestMarks(), TestDaemon::status));
        server = ControlServer.open(socket, null,
            new AdmEnvironment(test.rules, connections, 4096, new ServiceNames(List.of("http 80/tcp")))::session,
            api.trusting(), publisher);
        thread = new Thread(this::serve, "control");
        thread.start();
    }

    private static DirectorStatus status() {
        return new DirectorStatus(7, 0.5, 0, 0, 0, 0, 0, List.of(), List.of(), List.of(), List.of(),
            List.of());
    }

    /** The same on a socket of TCP; before anyone uses it. */
    public InetSocketAddress listen(final int maxClients) throws IOException {
        final ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        final InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
        final CompletableFuture<Void> listening = new CompletableFuture<>();
        task = () -> {
            try {
                server.listen(channel, maxClients, api.demanding(TOKEN));
                listening.complete(null);
            } catch (final IOException e) {
                listening.completeExceptionally(e);
            }
        };
        server.wakeup();
        listening.join();
        return address;
    }

    private void serve() {
        try {
            while (running) {
                server.poll(1000);
                if (task != null) {
                    task.run();
                    task = null;
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        running = false;
        server.wakeup();
        try {
            thread.join(10_000);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        test.close();
    }
}
