package io.ringvs.control.http;

import static io.ringvs.control.http.HttpDaemon.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestDaemon;
import io.ringvs.service.IpAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How HTTP gets along with sockets, slow clients, several clients, and changes on their way. */
@Timeout(60)
class HttpTransportTest {
    private static final int MANY_CONNECTIONS = 300_000;

    @TempDir
    private Path directory;

    @Test
    void shouldAnswerChangeOnlyWhenEveryWorkerHasIt() throws Exception {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            daemon.epochs.online(0);
            final CompletableFuture<TestHttp.Answer> change =
                CompletableFuture.supplyAsync(() -> daemon.ask("PUT", WEB, "{}"));
            while (daemon.snapshots.current().version == 0) {
                Thread.onSpinWait();
            }
            assertThrows(TimeoutException.class, () -> change.get(50, TimeUnit.MILLISECONDS));
            assertEquals(200, daemon.ask("GET", WEB, null).status(), "others are served meanwhile");

            daemon.epochs.quiescent(0);
            assertEquals(201, change.get(10, TimeUnit.SECONDS).status());
        }
    }

    @Test
    void shouldLetOneOfTwoWritersWin() throws Exception {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            for (int round = 0; round < 50; round++) {
                final String tag = daemon.ask("GET", "/v1/rules", null).tag();
                final int writers = 4;
                final CyclicBarrier together = new CyclicBarrier(writers);
                final List<CompletableFuture<Integer>> answers = IntStream.range(0, writers).mapToObj(
                    writer -> CompletableFuture.supplyAsync(() -> {
                        await(together);
                        return daemon.ask("PUT", "/v1/rules", "{\"services\":[{\"fwmark\":" + (writer + 1) + "}]}",
                            "if-match", tag).status();
                    }, command -> new Thread(command).start())).toList();
                int won = 0;
                for (final CompletableFuture<Integer> answer : answers) {
                    final int status = answer.get(10, TimeUnit.SECONDS);
                    assertTrue(status == 204 || status == 412, "status " + status);
                    won += status == 204 ? 1 : 0;
                }
                assertEquals(1, won);
                assertEquals(1, daemon.rules.services().size());
                daemon.ask("DELETE", "/v1/rules", null);
            }
        }
    }

    private static void await(final CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldKeepConnectionForMoreRequestsAlsoBeforeTheirAnswers() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory); TestHttp http = daemon.connect()) {
            http.send("PUT", WEB, "{}");
            http.send("PATCH", WEB, "{\"scheduler\":\"rr\"}");
            http.send("GET", WEB, null);
            http.send("DELETE", WEB, null);
            http.send("GET", WEB, null, "connection", "close");

            assertEquals(201, http.answer().status());
            assertEquals("rr", http.answer().json().get("scheduler").asText());
            assertEquals("rr", http.answer().json().get("scheduler").asText());
            assertEquals(204, http.answer().status());
            assertEquals(404, http.answer().status());
            assertTrue(http.isHungUp());
            assertTrue(daemon.rules.services().isEmpty());
        }
    }

    @Test
    void shouldServeRequestThatComesByteByByte() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory); TestHttp http = daemon.connect()) {
            final String request = "PUT " + WEB + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n";
            for (int i = 0; i < request.length(); i++) {
                http.write(request.substring(i, i + 1));
                if (i % 10 == 0) {
                    assertEquals(200, daemon.ask("GET", "/v1/rules", null).status());
                }
            }
            assertEquals(201, http.answer().status());
            assertEquals(1, daemon.rules.services().size());
        }
    }

    @Test
    void shouldRefuseWhatIsNotHttp() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            refused(daemon, "GET\r\n\r\n", 400);
            refused(daemon, "GET / HTTP/1.1\r\nno header\r\n\r\n", 400);
            refused(daemon, "GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n", 414);
            refused(daemon, "GET / HTTP/1.1\r\nx: " + "x".repeat(20_000) + "\r\n\r\n", 431);
            refused(daemon, "PUT /v1/rules HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400);
            refused(daemon, "PUT /v1/rules HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", 400);
            refused(daemon, "PUT /v1/rules HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400);
            assertEquals(0, daemon.snapshots.current().version);
        }
    }

    private static void refused(final HttpDaemon daemon, final String request, final int status) {
        try (TestHttp http = daemon.connect()) {
            http.write(request);
            final TestHttp.Answer answer = http.answer();
            assertEquals(status, answer.status(), answer.body());
            assertEquals("application/problem+json", answer.type());
            assertTrue(http.isHungUp());
        }
    }

    @Test
    void shouldRefuseBodyThatIsTooLarge() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            final String head = "PUT /v1/rules HTTP/1.1\r\ncontent-type: application/json\r\n";
            refused(daemon, head + "content-length: " + (BoundedBody.MAX_BYTES + 1) + "\r\n\r\n", 413);
            refused(daemon,
                head + "expect: 100-continue\r\ncontent-length: " + (BoundedBody.MAX_BYTES + 1) + "\r\n\r\n", 413);
            try (TestHttp http = daemon.connect()) {
                http.write(head + "transfer-encoding: chunked\r\n\r\n");
                final String piece = "100000\r\n" + " ".repeat(1 << 20) + "\r\n";
                assertThrows(RuntimeException.class, () -> {
                    for (int i = 0; i < (BoundedBody.MAX_BYTES >> 20) * 4; i++) {
                        http.write(piece);
                    }
                }, "it hangs up before all is sent");
            }
            assertEquals(200, daemon.ask("GET", "/v1/rules", null).status());
            assertEquals(0, daemon.snapshots.current().version);
        }
    }

    @Test
    void shouldInviteBodyThatIsAnnounced() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory); TestHttp http = daemon.connect()) {
            http.write("PUT " + WEB + " HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n"
                + "connection: close\r\n\r\n");
            http.write("{}");
            final String answer = http.readRaw();
            assertTrue(answer.startsWith("HTTP/1.1 100 Continue\r\n"), answer);
            assertTrue(answer.contains("HTTP/1.1 201 Created\r\n"), answer);
            assertEquals(1, daemon.rules.services().size());
        }
    }

    @Test
    void shouldHoldLittleForSlowReaderAndServeOthers() throws IOException {
        final int[] read = new int[1];
        try (HttpDaemon daemon = new HttpDaemon(directory, many(read)); TestHttp slow = daemon.connect()) {
            slow.send("GET", "/v1/connections", null, "connection", "close");
            for (int i = 0; i < 20; i++) {
                assertEquals(200, daemon.ask("GET", "/v1/rules", null).status());
                assertEquals(0, daemon.command("-L -n").status);
            }
            assertTrue(read[0] < MANY_CONNECTIONS / 10, "read ahead " + read[0] + " connections");

            final String all = slow.readRaw();
            assertEquals(MANY_CONNECTIONS, all.lines().filter(line -> line.contains("\"clientAddress\":")).count());
            assertTrue(all.endsWith("]}\n\r\n0\r\n\r\n"), "the end is there");
            assertTrue(daemon.rules.services().isEmpty());
        }
    }

    private static ConnectionSource many(final int[] read) {
        return () -> new ConnectionSource.Cursor() {
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
    }

    @Test
    void shouldShowSomeConnectionsAndGoOn() throws IOException {
        final int[] read = {MANY_CONNECTIONS - 1500};
        try (HttpDaemon daemon = new HttpDaemon(directory, many(read)); TestHttp http = daemon.connect()) {
            final TestHttp.Answer some = http.ask("GET", "/v1/connections", null);
            assertEquals(1500, some.json().get("connections").size());
            assertEquals("{\"protocol\":\"TCP\",\"state\":\"NONE\",\"secondsLeft\":1,\"clientAddress\":\"10.0.0.1\","
                + "\"clientPort\":1,\"virtualAddress\":\"10.0.0.1\",\"virtualPort\":1,"
                + "\"destinationAddress\":\"10.0.0.1\",\"destinationPort\":1}",
                some.json().at("/connections/7").toString());
            assertEquals(200, http.ask("GET", "/v1/rules", null).status());
            assertTrue(daemon.rules.services().isEmpty());
        }
    }

    @Test
    void shouldForgetRequestThatIsBrokenOff() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            for (final String part : List.of("P", "PUT", "PUT " + WEB,
                "PUT " + WEB + " HTTP/1.1\r\ncontent-length: 2\r\n\r\n{",
                "GET /v1/connections HTTP/1.1\r\n\r\nGET")) {
                try (TestHttp http = daemon.connect()) {
                    http.write(part);
                }
                assertEquals(200, daemon.ask("GET", "/v1/rules", null).status(), part);
            }
            assertTrue(daemon.rules.services().isEmpty());
        }
    }

    @Test
    void shouldShowNoConnectionsAsEmptyListToOldClientsToo() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            assertEquals(0, daemon.ask("GET", "/v1/connections", null).json().get("connections").size());
            for (final String method : List.of("GET", "HEAD")) {
                try (TestHttp http = daemon.connect()) {
                    http.write(method + " /v1/connections HTTP/1.0\r\n\r\n");
                    final String answer = http.readRaw();
                    assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
                    assertFalse(answer.contains("chunked"), answer);
                    assertTrue(
                        answer.endsWith("\r\n\r\n" + (method.equals("GET") ? "{\"connections\":[\n]}\n" : "")), answer);
                }
            }
            assertTrue(daemon.rules.services().isEmpty());
        }
    }

    @Test
    void shouldAskForTokenOnTcp() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            final InetSocketAddress tcp = daemon.listen(8);
            final TestHttp.Answer without = TestHttp.once(tcp, "PUT", WEB, "{}");
            assertEquals(401, without.status());
            assertTrue(without.detail().contains("Authorization: Bearer TOKEN"), without.detail());
            assertEquals(401, TestHttp.once(tcp, "PUT", WEB, "{}", "authorization", "Bearer wrong").status());
            assertEquals(401, TestHttp.once(tcp, "PUT", WEB, "{}", "authorization", TestDaemon.TOKEN).status());
            assertTrue(daemon.rules.services().isEmpty());

            final String bearer = "Bearer " + TestDaemon.TOKEN;
            assertEquals(201, TestHttp.once(tcp, "PUT", WEB, "{}", "authorization", bearer).status());
            assertEquals(1, daemon.rules.services().size());
            try (TestHttp http = new TestHttp(tcp)) {
                assertEquals(200, http.ask("GET", WEB, null, "authorization", bearer).status());
                assertEquals(401, http.ask("GET", WEB, null).status(), "each request needs it");
            }
            try (TestHttp http = new TestHttp(tcp)) {
                http.write("A\0\0\0\n");
                assertEquals(401, http.answer().status(), "only HTTP is spoken there");
            }
        }
    }

    @Test
    void shouldServeOthersWhileTcpIsFull() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            final InetSocketAddress tcp = daemon.listen(2);
            final String bearer = "Bearer " + TestDaemon.TOKEN;
            final TestHttp first = new TestHttp(tcp);
            try (TestHttp second = new TestHttp(tcp)) {
                first.write("GET / HT");
                second.write("GET / HT");
                final CompletableFuture<Integer> third = CompletableFuture.supplyAsync(
                    () -> TestHttp.once(tcp, "GET", "/v1/rules", null, "authorization", bearer).status());
                assertEquals(200, daemon.ask("GET", "/v1/rules", null).status());
                assertEquals(0, daemon.command("-Ln").status);
                assertFalse(third.isDone());
                first.close();
                assertEquals(200, third.orTimeout(10, TimeUnit.SECONDS).join());
            }
            assertTrue(daemon.rules.services().isEmpty());
        }
    }
}
