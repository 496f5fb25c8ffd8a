package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

/** The HTTP API as a controller uses it: with curl, on the control socket and on loopback. */
class HttpApiIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String VIP = "192.168.1.10";
    private static final String TOKEN = "a-token-of-some-length";

    @Test
    void shouldForwardWhatWasPutOnTheNextLine() throws IOException {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);

            curl(lab, "-X", "PUT", "--json", "{\"services\":[{\"protocol\":\"tcp\",\"address\":\"" + VIP
                + "\",\"port\":80,\"scheduler\":\"rr\",\"destinations\":[{\"address\":\"192.168.1.220\"},"
                + "{\"address\":\"192.168.1.193\"}]}]}", "/v1/rules");
            final String first = client.curl("http://" + VIP + "/");
            final String second = client.curl("http://" + VIP + "/");

            assertFalse(first.equals(second), first);
            assertEquals(2, curl(lab, "/v1/rules").at("/services/0/destinations").size());
            assertTrue(director.adm("-Ln").contains("TCP  " + VIP + ":80 rr"));
            final JsonNode connections = curl(lab, "/v1/connections").get("connections");
            assertEquals(2, connections.size(), connections.toString());
            assertEquals("192.168.1.100", connections.get(0).get("clientAddress").asText());
            final JsonNode status = curl(lab, "/v1/status");
            assertTrue(status.at("/workers/0/packets/FORWARD").asLong() > 0, status.toString());
            assertEquals(2, status.get("connections").asInt());

            final String server = "/v1/services/tcp:" + VIP + ":80/destinations/192.168.1.220:80";
            assertEquals(0, curl(lab, "-X", "PATCH", "--json", "{\"weight\":0}", server).get("weight").asInt());
            final String only = client.curl("http://" + VIP + "/");
            assertEquals(only, client.curl("http://" + VIP + "/"));
        }
    }

    @Test
    void shouldShareSettingsAndMarksWithTheCommands() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector director = RunningDirector.start(lab, host, "--no-io");
            assertEquals(1, curl(lab, "-X", "PATCH", "--json", "{\"sloppy_tcp\":1}", "/v1/settings").get("sloppy_tcp")
                .asInt());
            assertEquals("1\n", director.command("get", "sloppy_tcp").stdout());

            curl(lab, "--json",
                "{\"destination\":\"10.0.0.1\",\"protocol\":\"tcp\",\"ports\":\"80,443-445\",\"mark\":7}", "/v1/marks");
            assertEquals("--dst 10.0.0.1/32 --proto tcp --dports 80,443-445 --mark 7\n",
                director.command("mark", "list").stdout());
            final JsonNode again = curl(lab, "--json", curl(lab, "/v1/marks").at("/marks/0").toString(), "/v1/marks");
            assertEquals(422, again.get("status").asInt());
            assertTrue(again.get("detail").asText().startsWith("there is such a mark rule already"), again.toString());
            assertEquals("a mark rule needs --dst PREFIX and --mark N, N from 1 to 4294967295",
                curl(lab, "--json", "{\"mark\":7}", "/v1/marks").get("detail").asText());
            assertEquals(0, curl(lab, "-X", "DELETE", "/v1/marks/0").get("marks").size());
            assertEquals("", director.command("mark", "list").stdout());
        }
    }

    @Test
    void shouldServeLoopbackGivenToken() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            host.run("ip", "link", "set", "lo", "up");
            final Path file = token(lab, "rw-------");
            final RunningDirector director =
                RunningDirector.start(lab, host, "--no-io", "--api", "8080", "--api-token-file", file.toString());
            final String url = "http://127.0.0.1:8080/v1/services/fwmark:7";

            assertEquals("401", status(host, "-X", "PUT", "--json", "{}", url));
            assertEquals("201", status(host, "-X", "PUT", "--json", "{}", "-H", "Authorization: Bearer " + TOKEN, url));
            assertEquals("-A -f 7 -s wlc\n", director.adm("-Sn"));
            assertFalse(director.output().contains(TOKEN), director.output());
            assertEquals("413",
                status(host, "-T", "/dev/zero", "-m", "20", "-H", "Authorization: Bearer " + TOKEN, url));
            assertEquals("200", status(host, "-H", "Authorization: Bearer " + TOKEN, url));
        }
    }

    @Test
    void shouldRefuseToServeTcpWithoutCare() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            host.run("ip", "link", "set", "lo", "up");
            refused(lab, host, "--api and --api-token-file go together", "--api", "8080");
            refused(lab, host, "--api takes a loopback address, not 0.0.0.0", "--api", "0.0.0.0:8080",
                "--api-token-file", token(lab, "rw-------").toString());
            refused(lab, host, "others can read the token in", "--api", "8080",
                "--api-token-file", token(lab, "rw-r--r--").toString());
            refused(lab, host, "cannot be read", "--api", "8080", "--api-token-file", "/nosuch");
            final Path file = token(lab, "rw-------");
            Files.writeString(file, "short\n");
            refused(lab, host, "must be one word of 16 to 1024", "--api", "8080", "--api-token-file", file.toString());
        }
    }

    private static void refused(final Lab lab, final Host host, final String sentence, final String... options) {
        final String[] all = new String[options.length + 1];
        all[0] = "--no-io";
        System.arraycopy(options, 0, all, 1, options.length);
        final RunningDirector director = RunningDirector.launch(lab, host, all);
        Await.until(30, "the director ends", () -> !director.program().isRunning());
        assertTrue(director.output().contains(sentence), director.output());
        assertFalse(director.hasSocket());
    }

    private static Path token(final Lab lab, final String permissions) throws IOException {
        final Path file = lab.directory().resolve("token-" + permissions);
        Files.writeString(file, TOKEN + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return file;
    }

    private static JsonNode curl(final Lab lab, final String... words) throws IOException {
        final String[] line = new String[words.length + 4];
        System.arraycopy(
            new String[] {"curl", "-s", "--unix-socket", lab.directory().resolve("ringvs-director.sock").toString()}, 0,
            line, 0, 4);
        System.arraycopy(words, 0, line, 4, words.length);
        line[line.length - 1] = "http://localhost" + line[line.length - 1];
        return MAPPER.readTree(Shell.run(line));
    }

    private static String status(final Host host, final String... words) {
        final String[] line = new String[words.length + 6];
        System.arraycopy(
            new String[] {"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"}, 0, line, 0, 6);
        System.arraycopy(words, 0, line, 6, words.length);
        return host.attempt(line).stdout();
    }
}
