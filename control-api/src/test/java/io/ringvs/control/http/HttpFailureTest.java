package io.ringvs.control.http;

import static io.ringvs.control.http.HttpDaemon.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.FullSteering;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told when it is not their fault, and that others are served all the same. */
@Timeout(60)
class HttpFailureTest {
    private static final String RULES = "PUT /v1/rules HTTP/1.1\r\ncontent-type: application/json\r\n";

    @TempDir
    private Path directory;

    @Test
    void shouldSayWhyChangeCouldNotBePutIntoEffect() throws IOException {
        final FullSteering steering = new FullSteering();
        try (HttpDaemon daemon = new HttpDaemon(directory, ConnectionSource.NONE, steering)) {
            final TestHttp.Answer answer = daemon.ask("PUT", WEB, "{}");

            assertEquals(500, answer.status(), answer.body());
            assertEquals("the rules were changed, but could not be put into effect: the map is full", answer.detail());
            assertEquals(0, daemon.snapshots.current().version);
            assertEquals(200, daemon.ask("GET", WEB, null).status(), "as with commands, the rule stays");

            steering.full = false;
            assertEquals(200, daemon.ask("PATCH", WEB, "{\"scheduler\":\"rr\"}").status());
            assertEquals(1, daemon.snapshots.current().services.services().size(), "both changes are in effect");
        }
    }

    @Test
    void shouldSayThatItFailedInside() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory, () -> {
            throw new IllegalStateException("no table");
        })) {
            final TestHttp.Answer answer = daemon.ask("GET", "/v1/connections", null);

            assertEquals(500, answer.status(), answer.body());
            assertTrue(answer.detail().startsWith("the daemon failed inside (java.lang.IllegalState"), answer.detail());
            assertEquals(201, daemon.ask("PUT", WEB, "{}").status());
            assertEquals(1, daemon.snapshots.current().version);
        }
    }

    @Test
    void shouldHangUpOnlyOnTheClientWhoseAnswerBreaksOff() throws IOException {
        try (HttpDaemon daemon = new HttpDaemon(directory, BreakingOff::new)) {
            assertThrows(RuntimeException.class, () -> daemon.ask("GET", "/v1/connections", null));

            assertEquals(201, daemon.ask("PUT", WEB, "{}").status());
            assertEquals(1, daemon.snapshots.current().version);
        }
    }

    private static final class BreakingOff implements ConnectionSource.Cursor {
        @Override
        public ConnectionEntry next() {
            throw new IllegalStateException("the table is gone");
        }

        @Override
        public void close() {
        }
    }

    @Test
    void shouldKeepOnlySoMuchOfAllBodies() throws IOException {
        final String megabyte = " ".repeat(1 << 20);
        final List<TestHttp> senders = new ArrayList<>();
        try (HttpDaemon daemon = new HttpDaemon(directory)) {
            for (int sent = 0; sent < BodyRoom.MAX_BYTES; sent += BoundedBody.MAX_BYTES) {
                final TestHttp sender = daemon.connect();
                senders.add(sender);
                sender.write(RULES + "content-length: " + BoundedBody.MAX_BYTES + "\r\n\r\n");
                for (int i = 0; i < BoundedBody.MAX_BYTES >> 20; i++) {
                    sender.write(i == 0 ? megabyte.substring(1) : megabyte); // all but one byte
                }
            }
            TestHttp.Answer answer = daemon.ask("PUT", "/v1/rules", "[]     ");
            while (answer.status() != 503) { // until all that was sent is read
                assertEquals(422, answer.status(), answer.body());
                answer = daemon.ask("PUT", "/v1/rules", "[]     ");
            }

            assertEquals("other clients are sending large bodies; try again soon", answer.detail());
            assertEquals(200, daemon.ask("GET", "/v1/rules", null).status(), "what has no body is served");
            senders.get(0).write("x");
            assertEquals(400, senders.get(0).answer().status(), "which is not JSON");
            senders.get(1).close();
            assertEquals(201, daemon.ask("PUT", WEB, "{}").status(), "there is room again");
            assertEquals(1, daemon.snapshots.current().version);
        } finally {
            senders.forEach(TestHttp::close);
        }
    }
}
