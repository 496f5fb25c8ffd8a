package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestClient;
import io.ringvs.control.TestDaemon;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** FULLNAT's local addresses in documents, as the command line sees them. */
@Timeout(60)
class LocalAddressesHttpTest {
    private static final String WEB = "/v1/services/tcp:10.0.0.1:80";
    private static final String LOCAL = "-P -t 10.0.0.1:80 -z ";

    @TempDir
    private Path directory;
    private Path socket;
    private TestDaemon daemon;

    @BeforeEach
    void start() throws IOException {
        socket = directory.resolve("ringvs.sock");
        daemon = new TestDaemon(socket, ConnectionSource.NONE);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    private TestHttp.Answer ask(final String method, final String path, final String body) {
        return TestHttp.once(UnixDomainSocketAddress.of(socket), method, path, body);
    }

    private String saved() throws IOException {
        return TestClient.run(socket, "-Sn", "").out.toString();
    }

    @Test
    void shouldSetLocalAddresses() throws IOException {
        final String service = "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 192.168.1.1:8080 -b -w 1\n";
        final String body = "{\"scheduler\":\"rr\",\"localAddresses\":[\"192.0.2.1\",\"192.0.2.9\"],"
            + "\"destinations\":[{\"address\":\"192.168.1.1\",\"port\":8080,\"method\":\"fullnat\"}]}";
        final TestHttp.Answer put = ask("PUT", WEB, body);
        assertEquals(201, put.status(), put.body());
        assertEquals("[\"192.0.2.1\",\"192.0.2.9\"]", put.json().get("localAddresses").toString());
        assertEquals(service + LOCAL + "192.0.2.1\n" + LOCAL + "192.0.2.9\n", saved());
        assertEquals("192.0.2.9",
            daemon.snapshots.current().services.services().get(0).localAddresses[1].address().toString());
        final TestHttp.Answer same = ask("PUT", WEB, body);
        assertEquals(put.tag(), same.tag(), "nothing to change");

        assertEquals(200, ask("PATCH", WEB, "{\"persistentSeconds\":null}").status());
        assertEquals(put.json(), ask("GET", WEB, null).json(), "what is not named stays");
        assertEquals(200, ask(
            "PATCH", WEB, "{\"localAddresses\":[\"192.0.2.9\",\"192.0.2.1\",\"192.0.2.7\"]}").status());
        assertEquals(service + LOCAL + "192.0.2.9\n" + LOCAL + "192.0.2.1\n" + LOCAL + "192.0.2.7\n", saved());
        assertEquals(200, ask("PATCH", WEB, "{\"localAddresses\":[\"192.0.2.7\"]}").status());
        assertEquals(service + LOCAL + "192.0.2.7\n", saved());
        assertFalse(ask("PATCH", WEB, "{\"localAddresses\":null}").json().has("localAddresses"));
        assertEquals(service, saved());
    }

    @Test
    void shouldChangeNoRuleGivenOneLocalAddressIsRefused() throws IOException {
        ask("PUT", WEB, "{\"localAddresses\":[\"192.0.2.1\"]}");
        final String before = saved();
        final String tag = ask("GET", "/v1/rules", null).tag();

        final TestHttp.Answer answer = ask("PUT", "/v1/rules", "{\"services\":["
            + "{\"fwmark\":7},{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,"
            + "\"localAddresses\":[\"192.0.2.9\",\"192.0.2.1\",\"224.0.0.1\"]}]}");

        assertEquals(422, answer.status(), answer.body());
        assertEquals("/services/1/localAddresses/2", answer.json().get("pointer").asText());
        assertEquals(before, saved());
        assertEquals(tag, ask("GET", "/v1/rules", null).tag());
    }
}
