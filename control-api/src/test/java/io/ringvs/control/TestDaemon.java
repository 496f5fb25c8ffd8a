package io.ringvs.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.service.IpvsSettings;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/** A control server with rules and one pretended worker, served by a thread of its own. */
final class TestDaemon implements AutoCloseable {
    final WorkerEpochs epochs = new WorkerEpochs(1);
    final SnapshotPublisher snapshots = new SnapshotPublisher(epochs);
    final TestRules test;
    private final ControlServer server;
    private final Thread thread;
    private volatile boolean running = true;

    TestDaemon(final Path socket, final ConnectionSource connections) throws IOException {
        final SnapshotCompiler[] compiler = new SnapshotCompiler[1];
        test = new TestRules(live -> compiler[0] = new SnapshotCompiler(live));
        final SnapshotRulePublisher publisher = new SnapshotRulePublisher(
            test.rules, () -> compiler[0].compile(test.rules, address -> null, false, IpvsSettings.DEFAULTS), snapshots,
            Steering.NONE);
        server = ControlServer.open(
            socket, new AdmEnvironment(test.rules, connections, 4096, new ServiceNames(List.of("http 80/tcp")))::session,
            null, publisher);
        thread = new Thread(this::serve, "control");
        thread.start();
    }

    private void serve() {
        try {
            while (running) {
                server.poll(1000);
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
