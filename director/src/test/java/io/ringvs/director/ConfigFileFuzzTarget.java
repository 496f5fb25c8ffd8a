package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any text is a configuration file: it is taken, or refused in a sentence that names the line. */
public final class ConfigFileFuzzTarget {
    private ConfigFileFuzzTarget() {
    }

    /** A file with options and settings. */
    public static List<byte[]> seeds() {
        return List.of(TextFuzzTest.CONFIG.getBytes(StandardCharsets.ISO_8859_1),
            "workers = 2\nlisten\nnet.ipv4.vs.expire_nodest_conn=1\nftp-ports=21,2121\nmetrics = 9100\n"
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        isTaken(new String(data, StandardCharsets.ISO_8859_1));
    }

    static boolean isTaken(final String text) {
        try {
            ConfigFile.parse("f", text);
            return true;
        } catch (final StartException e) {
            assertTrue(e.getMessage().startsWith("f, line "), e.getMessage());
            return false;
        }
    }
}
