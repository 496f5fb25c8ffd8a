package io.ringvs.control.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.RuleSet;
import io.ringvs.control.Steering;
import io.ringvs.control.TestClient;
import io.ringvs.control.TestDaemon;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/** A daemon on a socket in a test's directory, which is asked over HTTP and by commands. */
final class HttpDaemon implements AutoCloseable {
    /** The service that most tests are about. */
    static final String WEB = "/v1/services/tcp:10.0.0.1:80";

    final RuleSet rules;
    final SnapshotPublisher snapshots;
    final WorkerEpochs epochs;
    private final Path socket;
    private final TestDaemon daemon;

    HttpDaemon(final Path directory) throws IOException {
        this(directory, ConnectionSource.NONE);
    }

    HttpDaemon(final Path directory, final ConnectionSource connections) throws IOException {
        this(directory, connections, Steering.NONE);
    }

    HttpDaemon(final Path directory, final ConnectionSource connections, final Steering steering) throws IOException {
        socket = directory.resolve("ringvs.sock");
        daemon = new TestDaemon(socket, connections, steering);
        rules = daemon.test.rules;
        snapshots = daemon.snapshots;
        epochs = daemon.epochs;
    }

    /** A client that keeps its connection. */
    TestHttp connect() {
        return new TestHttp(UnixDomainSocketAddress.of(socket));
    }

    /** One request on a connection of its own. */
    TestHttp.Answer ask(final String method, final String path, final String body, final String... headers) {
        return TestHttp.once(UnixDomainSocketAddress.of(socket), method, path, body, headers);
    }

    /** Runs a command of ipvsadm's. */
    TestClient command(final String options) throws IOException {
        return TestClient.run(socket, options, "");
    }

    /** The rules, as the command line saves them. */
    String saved() throws IOException {
        return command("-Sn").out.toString();
    }

    /** Listens on TCP as well; before anyone uses that. */
    InetSocketAddress listen(final int maxClients) throws IOException {
        return daemon.listen(maxClients);
    }

    @Override
    public void close() throws IOException {
        daemon.close();
    }
}
