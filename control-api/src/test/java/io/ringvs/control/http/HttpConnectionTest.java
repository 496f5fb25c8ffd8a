package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestRules;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long a client may take, by a clock of the test's. */
class HttpConnectionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path directory;
    private long nowNs = 17;

    @Test
    void shouldLosePatienceWithSlowRequestsOnly() throws IOException {
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
            SocketChannel client = SocketChannel.open(address); SocketChannel accepted = listening.accept();
            TestRules test = new TestRules()) {
            accepted.configureBlocking(false);
            final HttpApi api = new HttpApi(new ApiEnvironment(
                test.rules, ConnectionSource.NONE, new TestSettings(), new TestMarks(), () -> null));
            final HttpConnection connection =
                new HttpConnection(accepted, ByteBuffer.allocate(0), api, null, () -> nowNs);

            for (int i = 0; i < 6; i++) { // a byte every 11 seconds is no request
                assertFalse(connection.isOverdue());
                write(client, "G");
                connection.readable();
                nowNs += 11 * SECOND;
            }
            assertTrue(connection.isOverdue());
            write(client, " /v1/rules HTTP/1.1\r\n\r\n");
            connection.readable();
            assertFalse(connection.isOverdue(), "a whole request, though of an unknown method");
            nowNs += 61 * SECOND;
            assertTrue(connection.isOverdue(), "none since");
            assertEquals(SelectionKey.OP_READ, connection.interest());
            connection.close();
        }
    }

    private static void write(final SocketChannel channel, final String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
