package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;

import io.ringvs.director.saved.DamagedRulesException;
import io.ringvs.director.saved.RulesLines;
import io.ringvs.host.HostView;
import io.ringvs.snapshot.MarkRule;

import org.junit.jupiter.api.Test;

/**
 * Rules files, configuration files and mark rules with bytes changed, left out and put in: each is taken or refused in
 * a sentence. A parser of text that the director gets is added here.
 */
class TextFuzzTest {
    static final String RULES = "# ringvs rules 1\n--set 900 120 300\nset net.ipv4.vs.sloppy_tcp=1\n"
        + "mark add --dst 10.0.0.1/32 --mark 1\n-A -f 1 -s rr\n# end of rules\n";
    static final String CONFIG = "# x\ninterface = eth0,eth1\nidle = busy\nmax-connections = 5\ncopy = true\n"
        + "net.ipv4.vs.sloppy_tcp = 1\n";
    private static final List<String> MARKS = List.of(
        "--dst 10.0.0.1/32 --proto tcp --dports 80,443,1000-2000 --mark 7", "--dst 2001:db8::/32 --src ::/0 --mark 1",
        "--dst 10.0.0.0/8 --interface lo --mark 4294967295", "--dst 1.2.3.4 --proto sctp --dports 0 --mark 2");
    private static final List<String> TOKENS =
        List.of("\n", "=", "\u0000", "\u00ff", "-", "--", "99999999999", "/", ",", " ", "#", ":", "a".repeat(200), "@",
            "\"");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private int taken;
    private int refused;

    @Test
    void shouldTakeOrRefuseRulesFiles() {
        fuzz(200_000, RULES, text -> {
            try {
                final String commands = RulesLines.of(text).commands();
                assertEquals(text.split("\n", -1).length, commands.split("\n", -1).length - 1, text);
                return true;
            } catch (final DamagedRulesException e) {
                assertTrue(e.getMessage().startsWith("line "), e.getMessage());
                return false;
            }
        });
    }

    @Test
    void shouldTakeOrRefuseConfigurationFiles() {
        fuzz(2_000, CONFIG, ConfigFileFuzzTarget::isTaken);
    }

    @Test
    void shouldTakeOrRefuseMarkRulesAndWriteThemBack() {
        try (HostView host = HostView.open()) {
            for (final String rule : MARKS) {
                fuzz(50_000, rule, text -> {
                    try {
                        final MarkRule read = MarkRuleText.parse(List.of(text.split("\\s+")), host);
                        assertEquals(read,
                            MarkRuleText.parse(List.of(MarkRuleText.of(read, host).split(" ")), host), text);
                        return true;
                    } catch (final IllegalArgumentException e) {
                        assertFalse(e.getMessage().isBlank(), text);
                        return false;
                    }
                });
            }
        }
    }

    /** A parser: whether it took the text. */
    private interface Parser {
        boolean takes(String text);
    }

    private void fuzz(final int executions, final String example, final Parser parser) {
        assertTrue(parser.takes(example), example);
        for (int i = 0; i < executions; i++) {
            final String text = mutate(example);
            try {
                if (parser.takes(text)) {
                    taken++;
                } else {
                    refused++;
                }
            } catch (final RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
        assertTrue(taken > 0 && refused > 0, "seed " + seed + ": " + taken + " taken, " + refused + " refused");
    }

    private String mutate(final String text) {
        final StringBuilder mutated = new StringBuilder(text);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            final int place = random.nextInt(mutated.length() + 1);
            final int end = Math.min(mutated.length(), place + random.nextInt(6));
            switch (random.nextInt(4)) {
                case 0 -> mutated.delete(place, end);
                case 1 -> mutated.insert(place, mutated.substring(place, end));
                case 2 -> mutated.insert(place, TOKENS.get(random.nextInt(TOKENS.size())));
                default -> mutated.insert(place, (char) random.nextInt(256));
            }
        }
        return mutated.toString();
    }
}
