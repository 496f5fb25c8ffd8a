package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

/** Requests with bytes changed, left out, doubled and put in: each is answered, and a refused one changes nothing. */
class HttpFuzzTest {
    private static final int EXECUTIONS = 60_000;
    private static final List<String> TOKENS = List.of(
        "null", "{", "]", "\"", "\\u0000", "\r\n", "[".repeat(20), "-", "1e9", "%", "\u00ff");
    private static final String SERVICE = "{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,"
        + "\"scheduler\":\"sh\",\"schedulerFlags\":[\"sh-port\"],\"persistentSeconds\":60,"
        + "\"netmask\":\"255.255.255.0\",\"localAddresses\":[\"192.0.2.1\",\"192.0.2.2\"],\"destinations\":["
        + "{\"address\":\"192.168.1.1\",\"weight\":2},{\"address\":\"192.168.1.2\",\"method\":\"tunnel\","
        + "\"tunnel\":{\"type\":\"gue\",\"port\":6080,\"checksum\":\"csum\"}}]}";
    static final List<String> SEEDS = List.of(
        request("PUT", "/v1/rules", "{\"services\":[" + SERVICE + ",{\"fwmark\":7,\"family\":\"ipv6\"}]}"),
        request("POST", "/v1/services", SERVICE),
        request("PATCH", "/v1/services/tcp:10.0.0.1:80", "{\"scheduler\":\"rr\",\"schedulerFlags\":null}"),
        request("PUT", "/v1/services/udp:%5B2001:db8::1%5D:53", "{\"onePacket\":true}"),
        request("POST", "/v1/services/tcp:10.0.0.1:80/destinations", "{\"address\":\"192.168.1.9\",\"port\":80}"),
        request("PATCH", "/v1/services/tcp:10.0.0.1:80/destinations/192.168.1.1:80", "{\"weight\":4}"),
        request("PATCH", "/v1/settings", "{\"drop_entry\":1,\"sloppy_tcp\":1}"),
        request("PATCH", "/v1/timeouts", "{\"tcp\":600,\"udp\":10}"),
        request("PUT", "/v1/marks", "{\"marks\":[{\"destination\":\"10.0.0.0/8\",\"ports\":\"80,443\",\"mark\":1}]}"),
        "DELETE /v1/services/tcp:10.0.0.1:80 HTTP/1.1\r\nIf-Match: \"x-1\", *\r\n\r\n",
        "GET /v1/statistics HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/status HTTP/1.1\r\n\r\n",
        "PUT /v1/rules HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{\"services\":[]}\r\n0\r\n\r\n");

    private static String request(final String method, final String path, final String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    }

    @Test
    void shouldAnswerWhatever() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HttpFuzzTest seed " + seed);
        final Random random = new Random(seed);
        int carriedOut = 0;
        int refused = 0;
        int unfinished = 0;
        for (int i = 0; i < EXECUTIONS; i++) {
            final byte[] bytes = mutate(SEEDS.get(random.nextInt(SEEDS.size())), random);
            final HttpFuzzTarget.Outcome outcome = HttpFuzzTarget.take(bytes);
            carriedOut += outcome.carriedOut();
            refused += outcome.refused();
            unfinished += outcome.isCutOff() ? 1 : 0;
        }
        System.out.println("HttpFuzzTest: " + carriedOut + " carried out, " + refused + " refused, "
            + unfinished + " not finished");
        assertTrue(carriedOut > EXECUTIONS / 100 && refused > EXECUTIONS / 10, carriedOut + ", " + refused);
    }

    private static byte[] mutate(final String seed, final Random random) {
        StringBuilder text = new StringBuilder(seed);
        for (int count = random.nextInt(4); count > 0; count--) {
            final int at = random.nextInt(text.length());
            final int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(6)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, text.substring(at, end));
                case 3 -> text.insert(at, Integer.toString(random.nextInt()));
                case 4 -> text.insert(at, TOKENS.get(random.nextInt(TOKENS.size())));
                default -> text = new StringBuilder(text.substring(0, end));
            }
            if (text.isEmpty()) {
                text.append(' ');
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
