package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestRules;

/**
 * Any text is a command: its words are the first line, and what follows its standard input. A refused command changes
 * nothing (of {@code -R} that holds with {@code --atomic}), and whatever a command has made can be saved and restored.
 */
public final class CommandFuzzTarget {
    private static final String PRESENT = "-A -t 10.0.0.1:80 -s wlc\n-a -t 10.0.0.1:80 -r 192.0.2.9:80 -m -w 5\n"
        + "-A -f 7 -6 -s rr\n-a -f 7 -6 -r [2001:db8::9]:0 -g\n-P -t 10.0.0.1:80 -z 192.0.2.1\n";
    private static final String MORE = "-A -u 10.0.0.2:53 -s sh -b sh-port\n-a -u 10.0.0.2:53 -r 192.0.2.8 -i\n";
    private static final long TRASH_LIFE_MS = 120_000;
    private static final TestRules RULES = new TestRules();
    private static final TestRules RESTORED = new TestRules();
    private static final TestRun RUN = run(RULES);
    private static final TestRun RESTORE = run(RESTORED);
    private static long nowMs;

    private CommandFuzzTarget() {
    }

    private static TestRun run(final TestRules test) {
        return new TestRun(new AdmEnvironment(test.rules, ConnectionSource.NONE, 4096, TestRun.SERVICES));
    }

    /** Good commands. */
    public static List<byte[]> seeds() {
        final List<String> commands = new ArrayList<>(CommandFuzzTest.SEEDS);
        commands.add("-R\n" + MORE);
        commands.add("-R --atomic\n" + MORE);
        commands.add("-P -t 10.0.0.1:80 -z 192.0.2.9 -F eth0");
        commands.add("-Q -t 10.0.0.1:80 -z 192.0.2.1");
        commands.add("-G -n");
        return commands.stream().map(each -> each.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        reset(RULES);
        RUN.run("ipvsadm", List.of("-R"), PRESENT);
        final String before = saved(RUN);
        final String text = new String(data, StandardCharsets.ISO_8859_1);
        final int end = text.indexOf('\n');
        final List<String> words = List.of((end < 0 ? text : text.substring(0, end)).split(" ", -1));
        RUN.run("ipvsadm", words, end < 0 ? "" : text.substring(end + 1));
        final boolean mayKeepSome = RUN.readInput() && !words.contains("--atomic");
        final boolean refused = RUN.status() != 0;
        final boolean changed = RUN.changed();
        final String now = saved(RUN);
        if (!changed || refused && !mayKeepSome) {
            assertEquals(before, now, refused ? "a refused command has changed something" : "nobody is told of this");
        }
        if (changed) {
            shouldBeRestored(now);
        }
    }

    private static void shouldBeRestored(final String saved) {
        // ipvsadm has no name for the third flag of sh and mh, and cannot read what it then writes
        if (saved.lines().anyMatch(line -> line.endsWith(" -b "))) {
            return;
        }
        reset(RESTORED);
        RESTORE.run("ipvsadm", List.of("-R"), saved);
        assertEquals(0, RESTORE.status(), RESTORE.err());
        assertEquals(saved, saved(RESTORE));
    }

    private static String saved(final TestRun run) {
        run.run("ipvsadm", List.of("-S", "-n"), "");
        return run.out();
    }

    private static void reset(final TestRules test) {
        test.rules.flush();
        nowMs += TRASH_LIFE_MS;
        test.rules.scanTrash(nowMs);
    }
}
