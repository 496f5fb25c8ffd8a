package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Debian's ipvsadm under {@code ringvs exec}, against {@code ringvs adm} and against what it said of the kernel. */
class UnmodifiedIpvsadmIT {
    private static final Path GOLDEN =
        Path.of("..", "control-api", "src", "test", "resources", "golden", "ipvsadm.jsonl.gz");
    /** Of a connection table of another size than this director's, and of daemons, which it does not have yet. */
    private static final Set<String> OTHER_KERNELS = Set.of("bits8", "bits20", "example_bits22", "daemon_errors");

    @Test
    void shouldAnswerAsOnKernel() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            lab.segment("br0");
            lab.plug(host, "eth0", "br0", "192.0.2.1/24", "2001:db8::1/64");
            final RunningDirector director = RunningDirector.start(lab, host, "--no-io");
            int compared = 0;
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(GOLDEN)), StandardCharsets.UTF_8))) {
                final ObjectMapper json = new ObjectMapper();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    final JsonNode step = json.readTree(line);
                    if (!OTHER_KERNELS.contains(step.get("scenario").asText()) && !step.has("varies")) {
                        compare(director, step);
                        compared++;
                    }
                }
            }
            assertTrue(compared > 900, compared + " commands compared");
        }
    }

    private static void compare(final RunningDirector director, final JsonNode step) {
        final Shell.Answer answer = Shell.attemptWithInput(
            step.path("stdin").asText(), director.executing("sh", "-c", step.get("cmd").asText()));
        assertEquals(
            new Shell.Answer(step.get("rc").asInt(), step.get("stdout").asText(), step.get("stderr").asText()), answer,
            () -> step.get("scenario") + " step " + step.get("step") + ": " + step.get("cmd").asText());
    }

    @Test
    void shouldShowRandomRulesAsAdmDoes() {
        final long seed = Long.getLong("ringvs.seed", System.nanoTime());
        final Random random = new Random(seed);
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            for (int round = 0; round < 25; round++) {
                final String rules = RandomRules.text(random);
                director.adm("-C");
                director.attemptWithInput(rules, "-R");
                for (final String options : new String[] {
                    "-Ln", "-Ln --thresholds", "-Ln --persistent-conn", "-Ln --tun-info", "-Ln --stats --exact",
                    "-Ln --rate", "-Ln --nosort", "-Sn", "-L --timeout"}) {
                    assertEquals(director.adm(options.split(" ")), ipvsadm(director, options.split(" ")),
                        () -> "-Dringvs.seed=" + seed + ": ipvsadm " + options + " of\n" + rules);
                }
                shouldRestoreAlike(director, seed);
            }
        }
    }

    /** What ipvsadm saves and restores line by line makes the same rules. */
    private static void shouldRestoreAlike(final RunningDirector director, final long seed) {
        final String saved = director.adm("-Sn");
        director.adm("-C");
        final Shell.Answer restored = Shell.attemptWithInput(saved, director.executing("ipvsadm", "-R"));
        assertEquals(new Shell.Answer(0, "", ""), restored, "-Dringvs.seed=" + seed);
        // as sets: the order of addresses far apart depends on the order they came in
        assertEquals(saved.lines().sorted().toList(), director.adm("-Sn").lines().sorted().toList(),
            "-Dringvs.seed=" + seed);
    }

    @Test
    void shouldShowTrafficAsAdmDoes() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            for (final String service : new String[] {"192.168.1.10:80", "[fd00:1::10]:80"}) {
                final boolean ipv6 = service.startsWith("[");
                director.adm("-A", "-t", service, "-s", "rr", "-p", "300");
                director.adm("-a", "-t", service, "-r", ipv6 ? "fd00:1::220" : "192.168.1.220", "-g");
                director.adm("-a", "-t", service, "-r", ipv6 ? "fd00:1::193" : "192.168.1.193", "-g");
                for (int i = 0; i < 5; i++) {
                    client.curl("http://" + service + "/");
                }
            }
            Await.until(10, () -> "counted: " + director.adm("-Ln", "--stats", "--exact"),
                () -> director.adm("-Ln", "--stats", "--exact").lines()
                    .filter(line -> line.contains("  5 ")).count() >= 2);
            assertTrue(director.adm("-Lnc").contains("FIN_WAIT"), director.adm("-Lnc"));
            // counters move every 2 s and times every second, so two looks may differ; equal ones must come
            for (final String options : new String[] {
                "-Ln --stats --exact", "-Ln --stats", "-Ln --rate", "-Ln", "-Ln --persistent-conn", "-Lnc",
                "-Lnc --persistent-conn"}) {
                Await.until(10, () -> options + ":\n" + director.adm(options.split(" ")) + "against\n"
                        + ipvsadm(director, options.split(" ")),
                    () -> director.adm(options.split(" ")).equals(ipvsadm(director, options.split(" "))));
            }
            for (final String name : new String[] {
                "ip_vs", "ip_vs_conn", "ip_vs_conn_sync", "ip_vs_stats", "ip_vs_stats_percpu"}) {
                Await.until(10, name + " is the same text both ways", () -> director.command("proc", name).stdout()
                    .equals(Shell.run(director.executing("cat", "/proc/net/" + name))));
            }
            assertTrue(Shell.run(director.executing("cat", "/proc/net/ip_vs_conn")).contains("C0A80164"));
        }
    }

    @Test
    void shouldServeProgramsAndTheirChildrenInOtherNamespaces() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            final Host elsewhere = lab.host("elsewhere");

            elsewhere.run(director.executing("sh", "-c", "(ipvsadm -A -t 10.1.1.1:80 && ipvsadm -Sn) | cat"));

            assertEquals("-A -t 10.1.1.1:80 -s wlc\n", director.adm("-Sn"));
            // other netlink stays the kernel's: the program sees its own namespace
            elsewhere.run("ip", "link", "set", "lo", "up");
            assertTrue(elsewhere.run(director.executing("ip", "route", "show", "table", "local"))
                .contains("127.0.0.1"));
        }
    }

    @Test
    void shouldSayWhatToDo() throws IOException {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            assertEquals("usage: ringvs exec -- PROGRAM [ARGUMENT...]\n", refused(2, director.executing()));
            assertTrue(refused(127, director.executing("no-such-program")).startsWith("ringvs exec: cannot run"));
            final Path program = lab.directory().resolve("static");
            Shell.attemptWithInput("int main(void) { return 0; }",
                "clang", "-static", "-x", "c", "-o", program.toString(), "-");
            assertTrue(refused(126, director.executing(program.toString())).contains("is statically linked"));
            final String[] asNobody = director.executing("ipvsadm", "-Ln");
            assertTrue(Shell.attempt(prepend(asNobody, "setpriv", "--reuid", "65534", "--clear-groups"))
                .stderr().contains("Permission denied"));

            director.program().kill();

            assertTrue(refused(2, director.executing("ipvsadm", "-Ln"))
                .startsWith("Can't reach the RingVS daemon at "));
            // a program that was started before: the kernel's IPVS is not configured in its place
            final Shell.Answer answer = Shell.attempt(director.preloading("ipvsadm", "-A", "-t", "10.0.0.1:80"));
            assertEquals(2, answer.status());
            assertTrue(answer.stderr().contains("does not serve this program's IPVS requests")
                && answer.stderr().contains("Can't initialize ipvs"), answer.stderr());
        }
    }

    private static String refused(final int status, final String... command) {
        final Shell.Answer answer = Shell.attempt(command);
        assertEquals(status, answer.status(), answer.stderr());
        return answer.stderr();
    }

    private static String[] prepend(final String[] command, final String... before) {
        final String[] whole = Arrays.copyOf(before, before.length + command.length);
        System.arraycopy(command, 0, whole, before.length, command.length);
        return whole;
    }

    private static String ipvsadm(final RunningDirector director, final String... options) {
        return Shell.run(director.executing(prepend(options, "ipvsadm")));
    }
}
