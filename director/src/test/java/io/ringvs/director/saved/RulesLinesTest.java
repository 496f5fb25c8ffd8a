package io.ringvs.director.saved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import org.junit.jupiter.api.Test;

class RulesLinesTest {
    @Test
    void shouldKeepLineNumbersOfEveryKind() throws DamagedRulesException {
        final RulesLines lines = RulesLines.of("""
            # ringvs rules 1
            set a=1
            -A -t 10.0.0.1:80 -s rr

            mark add --dst 10.0.0.1 --mark 2
            ipvsadm -A -f 1
            # end of rules
            """);
        assertEquals("\n\n-A -t 10.0.0.1:80 -s rr\n\n\nipvsadm -A -f 1\n\n\n", lines.commands());
        assertEquals(List.of(new RulesLines.Line(2, "a=1")), lines.settings());
        assertEquals(List.of(new RulesLines.Line(5, "--dst 10.0.0.1 --mark 2")), lines.marks());
    }

    @Test
    void shouldSayThatAFileOfTheDirectorWasCutOff() {
        assertDamaged("line 3: the file was cut off", "# ringvs rules 1\n-A -f 1\n");
    }

    @Test
    void shouldNeedNoEndInAFileOfIpvsadm() throws DamagedRulesException {
        assertEquals("-A -f 1\n\n", RulesLines.of("-A -f 1\n").commands());
    }

    @Test
    void shouldNameALineThatIsNoRule() {
        assertDamaged("line 2: 'what ????' is no rule", "-A -f 1\nwhat \u0001\u0000\u00ff\u0002\n");
    }

    private static void assertDamaged(final String start, final String text) {
        final String message = assertThrows(DamagedRulesException.class, () -> RulesLines.of(text)).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
