package io.ringvs.control.http;

import static io.ringvs.control.http.HttpDaemon.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** FULLNAT's local addresses in documents, as the command line sees them. */
@Timeout(60)
class LocalAddressesHttpTest {
    private static final String LOCAL = "-P -t 10.0.0.1:80 -z ";

    private HttpDaemon daemon;

    @BeforeEach
    void start(@TempDir final Path directory) throws IOException {
        daemon = new HttpDaemon(directory);
    }

    @AfterEach
    void stop() throws IOException {
        daemon.close();
    }

    @Test
    void shouldSetLocalAddresses() throws IOException {
        final String service = "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 192.168.1.1:8080 -b -w 1\n";
        final String body = "{\"scheduler\":\"rr\",\"localAddresses\":[\"192.0.2.1\",\"192.0.2.9\"],"
            + "\"destinations\":[{\"address\":\"192.168.1.1\",\"port\":8080,\"method\":\"fullnat\"}]}";
        final TestHttp.Answer put = daemon.ask("PUT", WEB, body);
        assertEquals(201, put.status(), put.body());
        assertEquals("[\"192.0.2.1\",\"192.0.2.9\"]", put.json().get("localAddresses").toString());
        assertEquals(service + LOCAL + "192.0.2.1\n" + LOCAL + "192.0.2.9\n", daemon.saved());
        assertEquals("192.0.2.9",
            daemon.snapshots.current().services.services().get(0).localAddresses[1].address().toString());
        final TestHttp.Answer same = daemon.ask("PUT", WEB, body);
        assertEquals(put.tag(), same.tag(), "nothing to change");

        assertEquals(200, daemon.ask("PATCH", WEB, "{\"persistentSeconds\":null}").status());
        assertEquals(put.json(), daemon.ask("GET", WEB, null).json(), "what is not named stays");
        assertEquals(200, daemon.ask(
            "PATCH", WEB, "{\"localAddresses\":[\"192.0.2.9\",\"192.0.2.1\",\"192.0.2.7\"]}").status());
        assertEquals(service + LOCAL + "192.0.2.9\n" + LOCAL + "192.0.2.1\n" + LOCAL + "192.0.2.7\n", daemon.saved());
        assertEquals(200, daemon.ask("PATCH", WEB, "{\"localAddresses\":[\"192.0.2.7\"]}").status());
        assertEquals(service + LOCAL + "192.0.2.7\n", daemon.saved());
        assertFalse(daemon.ask("PATCH", WEB, "{\"localAddresses\":null}").json().has("localAddresses"));
        assertEquals(service, daemon.saved());
    }

    @Test
    void shouldChangeNoRuleGivenOneLocalAddressIsRefused() throws IOException {
        daemon.ask("PUT", WEB, "{\"localAddresses\":[\"192.0.2.1\"]}");
        final String before = daemon.saved();
        final String tag = daemon.ask("GET", "/v1/rules", null).tag();

        final TestHttp.Answer answer = daemon.ask("PUT", "/v1/rules", "{\"services\":["
            + "{\"fwmark\":7},{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,"
            + "\"localAddresses\":[\"192.0.2.9\",\"192.0.2.1\",\"224.0.0.1\"]}]}");

        assertEquals(422, answer.status(), answer.body());
        assertEquals("/services/1/localAddresses/2", answer.json().get("pointer").asText());
        assertEquals(before, daemon.saved());
        assertEquals(tag, daemon.ask("GET", "/v1/rules", null).tag());
    }
}
