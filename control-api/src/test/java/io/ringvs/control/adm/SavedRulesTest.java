package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.SnapshotCompiler;
import io.ringvs.control.TestRules;
import io.ringvs.service.IpvsSettings;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Snapshot;

import org.junit.jupiter.api.Test;

/** What is written of published services makes the same services again, in the same order. */
class SavedRulesTest {
    private static final List<String> SERVICES = List.of("-t 10.0.0.1:80", "-u 10.0.0.1:53", "-t [2001:db8::5]:443",
        "--sctp-service 10.0.0.2:99", "-f 7", "-f 4294967295 -6");
    private static final List<String> SETTINGS = List.of("-s rr", "-s wlc -p 300", "-s sh -b sh-fallback,sh-port",
        "-s mh -b mh-port", "-s wrr -p 60");
    private static final List<String> SERVERS = List.of("192.0.2.9:80 -g", "192.0.2.3:8080 -m", "192.0.2.7:80 -i",
        "192.0.2.5:80 -i --tun-type gue --tun-port 6080 --tun-csum", "192.0.2.6:80 -i --tun-type gre --tun-nocsum");
    private static final List<String> IPV6_SERVERS =
        List.of("[2001:db8::9]:443 -g", "[2001:db8::3]:8443 -m", "[2001:db8::7]:443 -i", "192.0.2.8:443 -i");

    @Test
    void shouldMakeTheSameRulesAgain() {
        for (int seed = 0; seed < 200; seed++) {
            final String text = saved(random(new Random(seed)));
            assertTrue(text.contains("-a "), text);
            assertEquals(text, saved(List.of(text.split("\n"))), "seed " + seed);
        }
    }

    @Test
    void shouldWriteThresholdsAndTheOrderOfAdding() {
        final List<String> lines = List.of("-A -t 10.0.0.1:80 -s rr",
            "-a -t 10.0.0.1:80 -r 192.0.2.9:80 -g -w 1 -x 10 -y 5", "-a -t 10.0.0.1:80 -r 192.0.2.3:80 -g -w 0");
        assertEquals(String.join("\n", lines) + "\n", saved(lines));
    }

    private static List<String> random(final Random random) {
        final List<String> lines = new ArrayList<>();
        for (final String service : SERVICES) {
            final boolean ipv6 = service.contains("2001") || service.contains("-6");
            lines.add("-A " + service + " " + SETTINGS.get(random.nextInt(SETTINGS.size())));
            final List<String> servers = ipv6 ? IPV6_SERVERS : SERVERS;
            for (int i = 0; i < 3; i++) { // one that is there already is refused and left out
                lines.add("-a " + service + " -r " + servers.get(random.nextInt(servers.size())) + " -w "
                    + random.nextInt(5) + (random.nextBoolean() ? " -x 9 -y 3" : ""));
            }
        }
        return lines;
    }

    private static String saved(final List<String> lines) {
        final SnapshotCompiler[] compiler = new SnapshotCompiler[1];
        try (TestRules rules = new TestRules(destinations -> compiler[0] = new SnapshotCompiler(destinations))) {
            final AdmEnvironment environment =
                new AdmEnvironment(rules.rules, ConnectionSource.NONE, 4096, TestRun.SERVICES);
            new TestRun(environment).run("ipvsadm -R", String.join("\n", lines));
            final Snapshot snapshot =
                compiler[0].compile(address -> TestRules.NOWHERE, List.of(), IpvsSettings.DEFAULTS);
            final StringBuilder text = new StringBuilder();
            snapshot.services.services().forEach(service -> SavedRules.append(text, service));
            return text.toString();
        }
    }
}
