package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestRules;

import org.junit.jupiter.api.Test;

/** Commands with words changed, left out and doubled: each is answered, and a refused one changes nothing. */
class CommandFuzzTest {
    private static final int EXECUTIONS = 100_000;
    static final List<String> SEEDS = List.of(
        "-A -t 10.0.0.1:80 -s wlc -p 300 -M 255.255.255.0", "-A -f 7 -6 -s sh -b sh-port,sh-fallback",
        "-E -u [2001:db8::1]:53 -s rr -o", "-D --sctp-service 10.0.0.1:99", "-A -u 10.0.0.2:5060 -p 60 --pe sip",
        "-a -t 10.0.0.1:80 -r 192.0.2.9:80 -m -w 5 -x 10 -y 5",
        "-a -t 10.0.0.1:80 -r 192.0.2.8 -i --tun-type gue --tun-port 6080 --tun-csum",
        "-e -f 7 -6 -r [2001:db8::9]:0 -g",
        "-d -t 10.0.0.1:80 -r 192.0.2.9:80", "-L -n --stats --rate --exact", "-Lc -n --persistent-conn", "-S -n", "-C",
        "-Z -t 10.0.0.1:80", "--set 900 120 300", "--start-daemon master --mcast-interface eth0 --syncid 9",
        "--stop-daemon backup", "-L --timeout", "-h", "-v");
    private static final List<String> WORDS = List.of(
        "", "-", "--", "-t", "-r", "-6", "0", "-1", "4294967296", "99999999999999999999", "10.0.0.1:65536", "[::",
        "[]:0", "256.1.1.1:80", "::1", ":", "/", "http", "a".repeat(300), "\u00ff\u0001", "--tun", "-ALL", "-w-1",
        "--exact=1");

    @Test
    void shouldAnswerWhateverIsAsked() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CommandFuzzTest seed " + seed);
        final Random random = new Random(seed);
        int accepted = 0;
        int refused = 0;
        try (TestRules rules = new TestRules()) {
            final TestRun run =
                new TestRun(new AdmEnvironment(rules.rules, ConnectionSource.NONE, 4096, TestRun.SERVICES));
            String before = saved(run);
            for (int i = 0; i < EXECUTIONS; i++) {
                final List<String> words = mutate(SEEDS.get(random.nextInt(SEEDS.size())), random);
                run.run("ipvsadm", words, "");
                final boolean done = run.status() == 0;
                final boolean changed = run.changed();
                final String now = saved(run);
                if (done) {
                    accepted++;
                } else {
                    refused++;
                    assertEquals(before, now, () -> "seed " + seed + ": " + words);
                }
                assertTrue(changed || before.equals(now), () -> "a change nobody is told of: " + words);
                before = now;
            }
        }
        assertTrue(accepted > EXECUTIONS / 50 && refused > EXECUTIONS / 50, accepted + " accepted, " + refused);
    }

    private static String saved(final TestRun run) {
        run.run("ipvsadm", List.of("-S", "-n"), "");
        return run.out();
    }

    private static List<String> mutate(final String command, final Random random) {
        final List<String> words = new ArrayList<>(List.of(command.split(" ")));
        for (int changes = random.nextInt(3); changes > 0 && !words.isEmpty(); changes--) {
            final int place = random.nextInt(words.size());
            switch (random.nextInt(5)) {
                case 0 -> words.remove(place);
                case 1 -> words.add(place, words.get(random.nextInt(words.size())));
                case 2 -> words.set(place, WORDS.get(random.nextInt(WORDS.size())));
                case 3 -> words.add(place, WORDS.get(random.nextInt(WORDS.size())));
                default -> {
                    final StringBuilder word = new StringBuilder(words.get(place));
                    word.insert(random.nextInt(word.length() + 1), (char) random.nextInt(256));
                    words.set(place, word.toString());
                }
            }
        }
        return words;
    }
}
