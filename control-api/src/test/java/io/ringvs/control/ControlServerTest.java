package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.ringvs.service.IpAddress;

@Timeout(60)
class ControlServerTest {
    private static final int MANY_CONNECTIONS = 300_000;

    @TempDir
    private Path directory;
    private Path socket;

    @BeforeEach
    void nameSocket() {
        socket = directory.resolve("ringvs.sock");
    }

    @Test
    void shouldRunCommandsOfClients() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals(0, TestClient.run(socket, "-A -t 10.0.0.1:80 -s rr", "").status);
            assertEquals(255, TestClient.run(socket, "-A -t 10.0.0.1:80 -s rr", "").status);

            final TestClient list = TestClient.run(socket, "-Sn", "");
            assertEquals("-A -t 10.0.0.1:80 -s rr\n", list.out.toString());
            assertEquals(1, daemon.snapshots.current().services.services().size());
        }
    }

    @Test
    void shouldAnswerChangeOnlyWhenEveryWorkerHasIt() throws Exception {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            daemon.epochs.online(0);
            final CompletableFuture<TestClient> change = CompletableFuture.supplyAsync(() -> {
                try {
                    return TestClient.run(socket, "-A -t 10.0.0.1:80 -s rr", "");
                } catch (final IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            while (daemon.snapshots.current().version == 0) {
                Thread.onSpinWait();
            }

            assertThrows(TimeoutException.class, () -> change.get(50, TimeUnit.MILLISECONDS));
            assertEquals(0, TestClient.run(socket, "-L -n", "").status); // others are served meanwhile

            daemon.epochs.quiescent(0);
            assertEquals(0, change.get(10, TimeUnit.SECONDS).status);
        }
    }

    @Test
    void shouldPublishWholeRestoreAsOneSnapshot() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            final StringBuilder rules = new StringBuilder();
            for (int i = 0; i < 2000; i++) {
                final String service = "10.0." + i / 250 + "." + (i % 250 + 1) + ":80";
                rules.append("-A -t ").append(service).append(" -s wrr\n");
                for (int server = 1; server <= 3; server++) {
                    rules.append("-a -t ").append(service).append(" -r 192.168.1.").append(server).append(":80 -g\n");
                }
            }

            assertEquals(0, TestClient.run(socket, "-R", rules.toString()).status);

            assertEquals(1, daemon.snapshots.current().version);
            assertEquals(2000, daemon.snapshots.current().services.services().size());
        }
    }

    @Test
    void shouldPublishWhatBrokenOffCommandHadChanged() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            try (TestClient client = new TestClient(socket)) {
                client.send("-R");
                client.awaitInputRequest();
                client.sendFrame(ControlFrame.ofText(
                    ControlFrame.INPUT, "-A -t 10.0.0.1:80 -s rr\n-A -t nosuch.example:80\n"));
                client.sendFrame(ControlFrame.of(ControlFrame.INPUT, new byte[0]));
            }
            while (daemon.snapshots.current().version == 0) {
                Thread.onSpinWait();
            }
            assertEquals(1, daemon.snapshots.current().services.services().size());
        }
    }

    @Test
    void shouldLetClientLookUpNames() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals(0, TestClient.run(socket, "-A -t vip.example:http -s rr", "").status);
            final TestClient list = TestClient.run(socket, "-L", "");

            assertEquals(List.of("A10.7.7.7"), list.questions);
            assertTrue(list.out.toString().contains("TCP  host:http rr"), list.out.toString());
            assertEquals("10.7.7.7", daemon.test.rules.services().get(0).key().address().toString());
        }
    }

    @Test
    void shouldHoldLittleForSlowReaderAndServeOthers() throws IOException {
        final int[] read = new int[1];
        final ConnectionSource many = () -> new ConnectionSource.Cursor() {
            @Override
            public ConnectionEntry next() {
                final IpAddress any = IpAddress.parse("10.0.0.1");
                return read[0]++ < MANY_CONNECTIONS
                    ? new ConnectionEntry(6, "NONE", 1, any, 1, any, 1, any, 1, null, null) : null;
            }

            @Override
            public void close() {
            }
        };
        try (TestDaemon daemon = new TestDaemon(socket, many); TestClient slow = new TestClient(socket)) {
            slow.send("-Lnc");
            for (int i = 0; i < 20; i++) {
                assertEquals(0, TestClient.run(socket, "-L -n", "").status);
            }
            assertTrue(read[0] < MANY_CONNECTIONS / 10, "read ahead " + read[0] + " connections");

            assertEquals(0, slow.finish(""));
            assertEquals(MANY_CONNECTIONS + 2, slow.out.toString().split("\n").length);
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldServeManyClientsAtOnce() throws Exception {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            final List<TestClient> clients = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                clients.add(new TestClient(socket));
                clients.get(i).send("-A -t 10.0.0." + (i + 1) + ":80 -s rr");
            }
            for (final TestClient client : clients) {
                assertEquals(0, client.finish(""));
                client.close();
            }
            assertEquals(200, daemon.snapshots.current().services.services().size());
        }
    }

    @Test
    void shouldTellClientOfAnotherProtocolAndServeOthers() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            refused(ControlFrame.ofText(ControlFrame.ARGUMENTS, "\u0002ipvsadm\0-L\0"), "another version");
            refused(ControlFrame.ofText(ControlFrame.ARGUMENTS, ""), "another version");
            refused(ControlFrame.ofText(ControlFrame.ARGUMENTS, "\u0001ipvsadm\0-L"), "another version");
            refused(ControlFrame.ofText(ControlFrame.INPUT, "x"), "not asked for");
            refused(ControlFrame.ofText((byte) 'z', "x"), "not asked for");
            refused(ByteBuffer.allocate(5).put((byte) 'A').putInt(ControlFrame.MAX_BODY + 1).flip(), "longer than");
            refused(ByteBuffer.allocate(5).put((byte) 'A').putInt(-1).flip(), "longer than");
            try (TestClient truncated = new TestClient(socket)) {
                truncated.sendFrame(ByteBuffer.wrap(new byte[] {'A', 0, 0}));
            }
            assertEquals(0, TestClient.run(socket, "-L -n", "").status);
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldSurviveRandomBytes() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            for (int round = 0; round < 300; round++) {
                try (TestClient client = new TestClient(socket)) {
                    final byte[] noise = new byte[random.nextInt(200)];
                    random.nextBytes(noise);
                    if (noise.length > 5 && random.nextBoolean()) {
                        ByteBuffer.wrap(noise).put((byte) "AIN".charAt(random.nextInt(3))).putInt(random.nextInt(100));
                    }
                    client.sendFrame(ByteBuffer.wrap(noise));
                } catch (final IOException hungUp) {
                    assertFalse(hungUp.getMessage().isEmpty());
                }
            }
            assertEquals(0, TestClient.run(socket, "-L -n", "").status, "seed " + seed);
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldRefuseInputWithoutEnd() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE);
            TestClient client = new TestClient(socket)) {
            client.send("-R");
            client.awaitInputRequest();
            final byte[] piece = new byte[ControlFrame.MAX_BODY];
            final ByteBuffer frame = ControlFrame.of(ControlFrame.INPUT, piece);
            assertThrows(IOException.class, () -> {
                while (true) {
                    client.sendFrame(frame.rewind());
                }
            });
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldMakeSocketForItsOwnerOnly() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)));
            assertTrue(daemon.test.rules.services().isEmpty());
        }
        assertFalse(Files.exists(socket));
    }

    @Test
    void shouldRefuseGivenAnotherDaemonServesTheSocket() throws IOException {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            final IOException refused =
                assertThrows(IOException.class, () -> new TestDaemon(socket, ConnectionSource.NONE).close());

            assertTrue(refused.getMessage().startsWith("another ringvs daemon already serves " + socket));
            assertEquals(0, TestClient.run(socket, "-L", "").status);
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldRefuseGivenSomebodyElseListensThere() throws IOException {
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));

            assertThrows(IOException.class, () -> new TestDaemon(socket, ConnectionSource.NONE).close());
            assertTrue(Files.exists(socket));
        }
    }

    @Test
    void shouldReplaceSocketOfDeadDaemon() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertTrue(Files.exists(socket));

        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals(0, TestClient.run(socket, "-L", "").status);
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    @Test
    void shouldRefuseGivenPathIsNoSocketOrImpossible() throws IOException {
        Files.writeString(socket, "precious");
        assertMessage("exists and is no socket", socket);
        assertEquals("precious", Files.readString(socket));

        assertMessage("does not exist", directory.resolve("missing/ringvs.sock"));
        assertMessage("too long", directory.resolve("x".repeat(110)));
    }

    private void assertMessage(final String expected, final Path path) {
        final IOException refused =
            assertThrows(IOException.class, () -> new TestDaemon(path, ConnectionSource.NONE).close());
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    private void refused(final ByteBuffer frame, final String problem) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.sendFrame(frame);
            assertEquals(2, client.finish(""));
            assertTrue(client.err.toString().contains(problem), client.err.toString());
            assertTrue(client.isHungUp());
        }
    }
}
