package io.ringvs.control.http;

import static io.ringvs.control.http.HttpDaemon.WEB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;

import io.ringvs.control.TestClient;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API does with the rules; the command line looks at the same ones. */
@Timeout(60)
class HttpApiTest {
    private static final String WEB_BODY = "{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,"
        + "\"scheduler\":\"rr\",\"destinations\":[{\"address\":\"192.168.1.2\"},"
        + "{\"address\":\"192.168.1.1\",\"weight\":5}]}";

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
    void shouldServeCommandsAndHttpOnOneSocket() throws IOException {
        assertEquals(0, daemon.command("-A -t 10.0.0.1:80 -s rr").status);

        final TestHttp.Answer answer = daemon.ask("GET", WEB, null);

        assertEquals(200, answer.status(), answer.body());
        assertEquals("application/json", answer.type());
        assertEquals("{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,\"scheduler\":\"rr\","
            + "\"destinations\":[]}\n", answer.body());
    }

    @Test
    void shouldAddServiceWithServers() throws IOException {
        final TestHttp.Answer added = daemon.ask("POST", "/v1/services", WEB_BODY);

        assertEquals(201, added.status(), added.body());
        assertEquals(WEB, added.location());
        assertEquals("-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 192.168.1.1:80 -g -w 5\n"
            + "-a -t 10.0.0.1:80 -r 192.168.1.2:80 -g -w 1\n", daemon.saved());
        assertEquals(1, daemon.snapshots.current().version);
        assertEquals("192.168.1.2", daemon.ask("GET", WEB, null).json().at("/destinations/0/address").asText(),
            "newest first");
    }

    @Test
    void shouldKnowEverySettingOfService() throws IOException {
        final String[] services = {
            "-A -t 10.0.0.1:0 -s wrr -p 300 -M 255.255.255.0",
            "-A -u 10.0.0.2:5060 -s sh -p 360 --pe sip -b sh-fallback,sh-port",
            "-A -u 10.0.0.3:53 -s rr -o",
            "-A --sctp-service [2001:db8::10]:80 -s mh -p 360 -M 64",
            "-A -f 7 -s lc", "-A -f 4294967295 -6 -s wlc -b flag-1,flag-3"};
        final String[] servers = {
            "-a -t 10.0.0.1:0 -r 10.1.0.1:0 -m -w 3", "-a -u 10.0.0.2:5060 -r 10.1.0.1:5070 -m -w 3 -x 10 -y 5",
            "-a -u 10.0.0.3:53 -r 10.1.0.1:53 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum",
            "-a -u 10.0.0.3:53 -r 10.1.0.2:53 -i -w 1 --tun-type gre --tun-csum",
            "-a -u 10.0.0.3:53 -r 10.1.0.3:53 -i -w 0",
            "-a --sctp-service [2001:db8::10]:80 -r [2001:db8::99]:80 -g -w 1",
            "-a -f 7 -r 10.1.0.1:0 -g -w 1"};
        final String[] locals = {
            "-P -t 10.0.0.1:0 -z 192.0.2.9", "-P -t 10.0.0.1:0 -z 192.0.2.1",
            "-P --sctp-service [2001:db8::10]:80 -z 2001:db8::1", "-P -f 7 -z 192.0.2.1"};
        for (final String[] commands : new String[][] {services, servers, locals}) {
            for (final String command : commands) {
                final TestClient client = daemon.command(command);
                assertEquals(0, client.status, command + ": " + client.err);
            }
        }
        final String before = daemon.saved();
        final JsonNode rules = daemon.ask("GET", "/v1/rules", null).json();

        assertEquals(204, daemon.ask("DELETE", "/v1/rules", null).status());
        assertEquals("", daemon.saved());
        final TestHttp.Answer put = daemon.ask("PUT", "/v1/rules", rules.toString());

        assertEquals(204, put.status(), put.body());
        final TestHttp.Answer now = daemon.ask("GET", "/v1/rules", null);
        assertEquals(rules, now.json());
        assertEquals(now.tag(), put.tag());
        assertEquals(before, daemon.saved());
        assertEquals(5, daemon.rules.services().get(1).destinations().get(0).config().lowerThreshold());
        for (final JsonNode service : rules.get("services")) {
            final String name = service.has("fwmark")
                ? "fwmark:" + service.get("fwmark").asText()
                    + (service.get("family").asText().equals("ipv6") ? ":ipv6" : "")
                : service.get("protocol").asText() + ":" + (service.get("address").asText().contains(":")
                    ? "%5B" + service.get("address").asText() + "%5D" : service.get("address").asText())
                    + ":" + service.get("port").asText();
            assertEquals(service, daemon.ask("GET", "/v1/services/" + name, null).json(), name);
        }
    }

    @Test
    void shouldPutPatchAndDeleteService() throws IOException {
        assertEquals(201, daemon.ask(
            "PUT", WEB, "{\"scheduler\":\"rr\",\"destinations\":[{\"address\":\"192.168.1.1\"}]}").status());
        assertEquals(200, daemon.ask("PUT", WEB, WEB_BODY).status());

        final TestHttp.Answer patched = daemon.ask(
            "PATCH", WEB, "{\"scheduler\":\"wlc\",\"persistentSeconds\":60}",
            "content-type", "application/merge-patch+json");
        assertEquals(200, patched.status(), patched.body());
        assertEquals("wlc", patched.json().get("scheduler").asText());
        assertEquals(2, patched.json().get("destinations").size(), "what is not named stays");
        assertTrue(daemon.saved().startsWith("-A -t 10.0.0.1:80 -s wlc -p 60\n"), daemon.saved());
        assertFalse(daemon.ask("PATCH", WEB, "{\"persistentSeconds\":null}").json().has("persistentSeconds"));

        assertEquals(204, daemon.ask("DELETE", WEB, null).status());
        assertEquals(404, daemon.ask("DELETE", WEB, null).status());
        assertEquals("No such service", daemon.ask("GET", WEB, null).detail());
    }

    @Test
    void shouldChangeServers() throws IOException {
        daemon.ask("POST", "/v1/services", WEB_BODY);
        final String list = WEB + "/destinations";
        assertEquals(2, daemon.ask("GET", list, null).json().get("destinations").size());

        final TestHttp.Answer added =
            daemon.ask("POST", list, "{\"address\":\"192.168.1.3\",\"method\":\"nat\",\"port\":8080}");
        assertEquals(201, added.status(), added.body());
        assertEquals(list + "/192.168.1.3:8080", added.location());
        assertEquals(4, daemon.ask("PATCH", added.location(), "{\"weight\":4}").json().get("weight").asInt());
        assertEquals(200, daemon.ask("PUT", added.location(), "{\"method\":\"nat\",\"weight\":6}").status());
        assertEquals(201, daemon.ask("PUT", list + "/192.168.1.4:80", "{}").status());
        assertEquals(6, daemon.ask("GET", added.location(), null).json().get("weight").asInt());
        assertEquals(204, daemon.ask("DELETE", list + "/192.168.1.4:80", null).status());
        assertEquals(404, daemon.ask("GET", list + "/192.168.1.4:80", null).status());
        assertEquals("-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 192.168.1.1:80 -g -w 5\n"
            + "-a -t 10.0.0.1:80 -r 192.168.1.2:80 -g -w 1\n-a -t 10.0.0.1:80 -r 192.168.1.3:8080 -m -w 6\n",
            daemon.saved());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "-A -t 10.0.0.1:80 -s rr | POST | /v1/services | {`protocol`:`tcp`,`address`:`10.0.0.1`,`port`:80} | 409",
        "-A -t 10.0.0.9:80 -s nosuch | POST | /v1/services |"
            + " {`protocol`:`tcp`,`address`:`10.0.0.9`,`port`:80,`scheduler`:`nosuch`} | 422",
        "-A -t 10.0.0.9 -s rr | POST | /v1/services | {`protocol`:`tcp`,`address`:`10.0.0.9`} | 422",
        "-A -t 10.0.0.9:80 -o | POST | /v1/services |"
            + " {`protocol`:`tcp`,`address`:`10.0.0.9`,`port`:80,`onePacket`:true} | 422",
        "-A -t 10.0.0.9:80 -p 0 | PUT | /v1/services/tcp:10.0.0.9:80 | {`persistentSeconds`:0} | 422",
        "-A -t 10.0.0.9:80 -s rr -b sh-port | PUT | /v1/services/tcp:10.0.0.9:80 |"
            + " {`scheduler`:`rr`,`schedulerFlags`:[`sh-port`]} | 422",
        "-A -t [2001:db8::1]:80 -M 129 | PUT | /v1/services/tcp:[2001:db8::1]:80 | {`netmask`:`129`} | 422",
        "-E -t 10.0.0.9:80 -s rr | PATCH | /v1/services/tcp:10.0.0.9:80 | {`scheduler`:`rr`} | 404",
        "-D -t 10.0.0.9:80 | DELETE | /v1/services/tcp:10.0.0.9:80 | | 404",
        "-A -f 0 | PUT | /v1/services/fwmark:0 | {} | 422",
        "-a -t 10.0.0.1:80 -r 192.168.1.1 | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`192.168.1.1`} | 409",
        "-a -t 10.0.0.1:80 -r 224.0.0.1 | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`224.0.0.1`} | 422",
        "-P -t 10.0.0.1:80 -z 224.0.0.1 | PATCH | /v1/services/tcp:10.0.0.1:80 |"
            + " {`localAddresses`:[`192.0.2.1`,`224.0.0.1`]} | 422",
        "-P -t 10.0.0.1:80 -z 2001:db8::1 | PATCH | /v1/services/tcp:10.0.0.1:80 |"
            + " {`localAddresses`:[`192.0.2.1`,`2001:db8::1`]} | 422",
        "-a -t 10.0.0.1:80 -r 192.168.1.9 -x 1 -y 2 | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`192.168.1.9`,`upperThreshold`:1,`lowerThreshold`:2} | 422",
        "-a -t 10.0.0.1:80 -r 2001:db8::9 -g | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`2001:db8::9`} | 422",
        "-a -t 10.0.0.1:80 -r 192.168.1.9 -g --tun-type ipip | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`192.168.1.9`,`tunnel`:{}} | 422",
        "-a -t 10.0.0.1:80 -r 192.168.1.9 -i --tun-type gue | POST | /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`192.168.1.9`,`method`:`tunnel`,`tunnel`:{`type`:`gue`}} | 422",
        "-a -t 10.0.0.1:80 -r 192.168.1.9 -i --tun-type ipip --tun-csum | POST |"
            + " /v1/services/tcp:10.0.0.1:80/destinations |"
            + " {`address`:`192.168.1.9`,`method`:`tunnel`,`tunnel`:{`checksum`:`csum`}} | 422",
        "-e -t 10.0.0.1:80 -r 192.168.1.9 -g | PATCH | /v1/services/tcp:10.0.0.1:80/destinations/192.168.1.9:80 |"
            + " {`weight`:1} | 404",
        "-d -t 10.0.0.1:80 -r 192.168.1.9 | DELETE | /v1/services/tcp:10.0.0.1:80/destinations/192.168.1.9:80 | | 404",
        "-d -t 10.0.0.9:80 -r 192.168.1.9 | DELETE | /v1/services/tcp:10.0.0.9:80/destinations/192.168.1.9:80 | | 404",
        "-Z -t 10.0.0.9:80 | DELETE | /v1/services/tcp:10.0.0.9:80/statistics | | 404"})
    void shouldRefuseInTheWordsOfTheCommand(
        final String command, final String method, final String path, final String body, final int status)
        throws IOException {
        daemon.ask("POST", "/v1/services", WEB_BODY);
        final String before = daemon.saved();

        final TestHttp.Answer answer = daemon.ask(method, path, body == null ? null : body.replace('`', '"'));

        assertEquals(status, answer.status(), answer.body());
        assertEquals("application/problem+json", answer.type());
        assertEquals(status, answer.json().get("status").asInt());
        assertEquals(daemon.command(command).err.toString().strip(), answer.detail());
        assertEquals(before, daemon.saved());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "PUT | /v1/rules | {\"services\":[ | 400 | the body is not JSON as it is understood here | ",
        "PUT | /v1/rules | {\"services\":[]} {} | 400 | something follows |",
        "PUT | /v1/rules | {\"services\":[],\"services\":[]} | 400 | Duplicate |",
        "PUT | /v1/rules | [] | 422 | the body must be an object |",
        "PUT | /v1/rules | {} | 422 | the rules need the list 'services' |",
        "PUT | /v1/rules | {\"services\":{}} | 422 | must be a list | /services",
        "PUT | /v1/rules | {\"services\":[null]} | 422 | a service must be an object | /services/0",
        "PUT | /v1/rules | {\"services\":[{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80,"
            + "\"destinations\":[{\"address\":\"10.0.0.300\"}]}]} | 422 | is not a numeric |"
            + " /services/0/destinations/0",
        "PUT | /v1/rules | {\"services\":[{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80},"
            + "{\"protocol\":\"tcp\",\"address\":\"10.0.0.1\",\"port\":80}]} | 422 | is there twice | /services/1",
        "PUT | /v1/services/tcp:10.0.0.9:80 |"
            + " {\"destinations\":[{\"address\":\"10.1.1.1\"},{\"address\":\"10.1.1.1\"}]}"
            + " | 422 | is there twice | /destinations/1",
        "PATCH | /v1/services/tcp:10.0.0.1:80 | {\"localAddresses\":[\"192.0.2.1\",\"192.0.2.1\"]}"
            + " | 422 | the local address 192.0.2.1 is there twice | /localAddresses/1",
        "PATCH | /v1/services/tcp:10.0.0.1:80 | {\"localAddresses\":[\"192.0.2.1\",\"x\"]}"
            + " | 422 | is not a numeric | /localAddresses/1",
        "PATCH | /v1/services/tcp:10.0.0.1:80 | {\"localAddresses\":[null]} | 422 |"
            + " a local address must be a text | /localAddresses/0",
        "PATCH | /v1/services/tcp:10.0.0.1:80 | {\"localAddresses\":\"192.0.2.1\"} | 422 |"
            + " must be a list | /localAddresses",
        "POST | /v1/services | {\"port\":\"80\"} | 422 | must be a whole number | /port",
        "POST | /v1/services | {\"port\":80.5} | 422 | must be a whole number | /port",
        "POST | /v1/services | {\"port\":99999999999} | 422 | out of range | /port",
        "POST | /v1/services | {\"protocol\":6} | 422 | must be a text | /protocol",
        "POST | /v1/services | {\"onePacket\":\"yes\"} | 422 | must be true or false | /onePacket",
        "POST | /v1/services | {\"sheduler\":\"rr\"} | 422 |"
            + " there is no field 'sheduler' here; the fields are address, |"
            + " /sheduler",
        "POST | /v1/services | {\"protocol\":\"icmp\",\"address\":\"10.0.0.9\",\"port\":80} | 422 |"
            + " a protocol is tcp |",
        "POST | /v1/services | {\"protocol\":\"tcp\",\"address\":\"web\",\"port\":80} | 422 | 'web' is not a numeric |",
        "POST | /v1/services | {\"protocol\":\"tcp\",\"address\":\"10.0.0.9\",\"port\":65536} | 422 | a port is |",
        "POST | /v1/services | {\"fwmark\":1,\"port\":1} | 422 | either 'fwmark' |",
        "POST | /v1/services | {} | 422 | a service needs |",
        "PUT | /v1/services/tcp:10.0.0.9:80 | {\"protocol\":\"tcp\",\"address\":\"10.0.0.8\",\"port\":80}"
            + " | 422 | keeps its name |",
        "PUT | /v1/services/10.0.0.9:80 | {} | 400 | a service is named |",
        "GET | /v1/services/tcp:10.0.0.9 | | 400 | an address with its port is written |",
        "POST | /v1/services/tcp:10.0.0.1:80/destinations | {} | 422 | needs 'address' |",
        "POST | /v1/services/tcp:10.0.0.1:80/destinations | {\"address\":\"10.1.1.1\",\"port\":81} | 422 |"
            + " has the port of its service | /port",
        "POST | /v1/services/tcp:10.0.0.1:80/destinations | {\"address\":\"10.1.1.1\",\"method\":\"drop\"} | 422 |"
            + " a forwarding method is | /method",
        "PUT | /v1/services/tcp:10.0.0.1:80/destinations/192.168.1.1:80 | {\"port\":81} | 422 | has the port | /port",
        "PUT | /v1/services/tcp:10.0.0.9:80 | {\"netmask\":\"x\"} | 422 | illegal virtual server persistent mask |"
            + " /netmask",
        "PATCH | /v1/timeouts | {\"tcp\":-1} | 422 | Invalid operation |",
        "PATCH | /v1/settings | {\"drop_entry\":9} | 422 | drop_entry must be a number from 0 to 3 |",
        "PATCH | /v1/settings | {\"drop_entry\":\"1\"} | 422 | must be a whole number | /drop_entry",
        "PATCH | /v1/settings | {\"sloppy_tcp\":1,\"nosuch\":1} | 422 | there is no setting 'nosuch' |",
        "POST | /v1/marks | {\"destination\":\"bad\",\"mark\":1} | 422 | a mark rule needs |",
        "PUT | /v1/marks | {} | 422 | the list 'marks' | /marks",
        "DELETE | /v1/marks/0 | | 404 | no mark rule at position '0' |",
        "PUT | /v1/rules | | 400 | the request needs a body of JSON |",
        "GET | /v1/nosuch | | 404 | /v1/openapi.json lists all |",
        "GET | /v1/services/ | | 400 | a service is named |",
        "GET | /v1/status?verbose | | 400 | no path takes a query |",
        "GET | /v1/services/%zz | | 400 | broken escape |",
        "POST | /v1/rules | {} | 405 | this path takes DELETE, GET, PUT, not POST |",
        "TRACE | /v1/rules | | 405 | not TRACE |"})
    void shouldSayWhatIsWrongAndChangeNothing(
        final String method, final String path, final String body, final int status, final String sentence,
        final String pointer) throws IOException {
        daemon.ask("POST", "/v1/services", WEB_BODY);
        final String before = daemon.saved();
        final String tag = daemon.ask("GET", "/v1/rules", null).tag();
        final String settings = daemon.ask("GET", "/v1/settings", null).body();

        final TestHttp.Answer answer = daemon.ask(method, path, body);

        assertEquals(status, answer.status(), answer.body());
        assertEquals("application/problem+json", answer.type());
        assertTrue(answer.detail().contains(sentence), answer.body());
        assertEquals(pointer, answer.json().has("pointer") ? answer.json().get("pointer").asText() : null);
        assertEquals(before, daemon.saved());
        assertEquals(tag, daemon.ask("GET", "/v1/rules", null).tag());
        assertEquals(settings, daemon.ask("GET", "/v1/settings", null).body());
        assertEquals(1, daemon.snapshots.current().version);
    }

    @Test
    void shouldTakeJsonOnly() {
        final TestHttp.Answer answer =
            daemon.ask("PUT", "/v1/rules", "services=", "content-type", "application/x-www-form-urlencoded");
        assertEquals(415, answer.status());
        assertTrue(answer.detail().contains("must be of type application/json"), answer.detail());
    }

    @Test
    void shouldChangeSettingsTimeoutsMarksAndStatistics() throws IOException {
        assertEquals(3, daemon.ask("PATCH", "/v1/settings", "{\"conn_reuse_mode\":3,\"sloppy_tcp\":1}").json()
            .get("conn_reuse_mode").asInt());
        assertEquals("{\"tcp\":900,\"tcpFin\":120,\"udp\":15}\n",
            daemon.ask("PATCH", "/v1/timeouts", "{\"udp\":15}").body());
        assertEquals("Timeout (tcp tcpfin udp): 900 120 15\n", daemon.command("-L --timeout").out.toString());

        final TestHttp.Answer mark =
            daemon.ask("POST", "/v1/marks", "{\"destination\":\"10.0.0.1\",\"interface\":\"eth0\",\"mark\":7}");
        assertEquals(201, mark.status(), mark.body());
        assertEquals("/v1/marks/0", mark.location());
        assertEquals("eth0", daemon.ask("GET", "/v1/marks", null).json().at("/marks/0/interface").asText());
        assertEquals(304, daemon.ask("GET", "/v1/marks", null, "if-none-match", mark.tag()).status());
        assertEquals(412, daemon.ask("DELETE", "/v1/marks/0", null, "if-match", "\"other\"").status());
        assertEquals(200, daemon.ask("DELETE", "/v1/marks/0", null, "if-match", mark.tag()).status());
        assertEquals(412, daemon.ask("PUT", "/v1/marks", "{\"marks\":[]}", "if-match", mark.tag()).status());

        daemon.ask("POST", "/v1/services", WEB_BODY);
        final JsonNode statistics = daemon.ask("GET", "/v1/statistics", null).json();
        assertEquals("192.168.1.2:80", statistics.at("/services/0/destinations/0/destination").asText());
        assertEquals(0, statistics.at("/services/0/destinations/0/activeConnections").asInt(-1));
        assertEquals(statistics.at("/services/0"), daemon.ask("GET", WEB + "/statistics", null).json());
        assertEquals(204, daemon.ask("DELETE", WEB + "/statistics", null).status());
        assertEquals(204, daemon.ask("DELETE", "/v1/statistics", null).status());
        assertEquals(7, daemon.ask("GET", "/v1/status", null).json().get("generation").asInt());
        assertEquals("3.0.3", daemon.ask("GET", "/v1/openapi.json", null).json().get("openapi").asText());
    }

    @Test
    void shouldCompareWhatTheClientKnows() throws IOException {
        final TestHttp.Answer added = daemon.ask("POST", "/v1/services", WEB_BODY);
        assertEquals(304, daemon.ask("GET", WEB, null, "if-none-match", added.tag()).status());
        assertEquals(304, daemon.ask("GET", "/v1/rules", null, "if-none-match", "\"x\", " + added.tag()).status());
        assertEquals(412, daemon.ask("PUT", WEB, WEB_BODY, "if-none-match", "*").status());
        assertEquals(201, daemon.ask("PUT", "/v1/services/tcp:10.0.0.2:80", "{}", "if-none-match", "*").status());

        final TestHttp.Answer stale = daemon.ask("DELETE", WEB, null, "if-match", added.tag());
        assertEquals(412, stale.status());
        assertTrue(stale.detail().contains("somebody else has changed this since"), stale.detail());

        final String tag = daemon.ask("GET", "/v1/rules", null).tag();
        assertNotEquals(added.tag(), tag);
        daemon.command("-a -t 10.0.0.1:80 -r 192.168.1.7 -g");
        assertEquals(412, daemon.ask("PATCH", WEB, "{}", "if-match", tag).status(), "commands count as well");
        assertEquals(412,
            daemon.ask("PATCH", WEB, "{}", "if-match", "W/" + daemon.ask("GET", WEB, null).tag()).status());
        assertEquals(200, daemon.ask("PATCH", WEB, "{}", "if-match", daemon.ask("GET", WEB, null).tag()).status());
        assertEquals(412, daemon.ask("PUT", "/v1/services/tcp:10.0.0.3:80", "{}", "if-match", "*").status());
        assertNull(daemon.rules.service(
            ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.3"), 80)));
    }
}
