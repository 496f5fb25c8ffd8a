package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.ringvs.service.IpvsSetting;

import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private static final Path EXAMPLE = Path.of("src/main/config/ringvs.conf");

    @Test
    void shouldReadOptionsAndSettings() {
        final ConfigFile file = ConfigFile.parse("f", """
            # a comment
            interface = eth1,eth2
              idle=busy

            copy = true
            net.ipv4.vs.sloppy_tcp = 1
            """);
        assertEquals("eth1,eth2", file.values().get("interface"));
        assertEquals("busy", file.values().get("idle"));
        assertEquals(1, file.settings().get(IpvsSetting.SLOPPY_TCP));
    }

    @Test
    void shouldNameTheLineOfWhatIsWrong() {
        assertRefused("f, line 2: there is no option 'colour'", "idle = busy\ncolour = red\n");
        assertRefused("f, line 1: 'nonsense' is not of the form NAME = VALUE", "nonsense");
        assertRefused("f, line 1: Invalid value for option '--idle'", "idle = sleepy");
        assertRefused("f, line 1: Invalid value for option '--max-connections'", "max-connections = many");
        assertRefused("f, line 1: Invalid value for option '--copy'", "copy = perhaps");
        assertRefused("f, line 3: 'idle' is there twice", "idle = busy\n\nidle = busy");
        assertRefused("f, line 1: there is no option 'config'", "config = other");
        assertRefused("f, line 1: drop_entry must be a number from 0 to 3", "net.ipv4.vs.drop_entry = 9");
        assertRefused("f, line 1: there is no setting 'net.ipv4.vs.nope'", "net.ipv4.vs.nope = 1");
    }

    @Test
    void shouldFindTheFileInACommandLine() {
        assertEquals(Path.of("x"), ConfigFile.named(new String[] {"run", "--config", "x"}));
        assertEquals(Path.of("y"), ConfigFile.named(new String[] {"run", "--config=y", "--no-io"}));
        assertNull(ConfigFile.named(new String[] {"run", "--no-io"}));
    }

    @Test
    void shouldHaveAnExampleOfEveryOptionThatIsValidWithoutItsCommentMarks() throws IOException {
        final String text = Pattern.compile("(?m)^#(?=[a-z])").matcher(Files.readString(EXAMPLE)).replaceAll("");
        final TreeSet<String> named = new TreeSet<>(ConfigFile.parse("example", text).values().keySet());
        Main.commandLine(new RunCommand()).getCommandSpec().options().stream()
            .map(option -> option.longestName().substring(2))
            .filter(name -> !name.equals("help") && !name.equals("version") && !name.equals("config"))
            .forEach(name -> assertTrue(named.contains(name), name + " is missing"));
    }

    private static void assertRefused(final String start, final String text) {
        final String message = assertThrows(StartException.class, () -> ConfigFile.parse("f", text)).getMessage();
        assertTrue(message.startsWith(start), message);
    }
}
