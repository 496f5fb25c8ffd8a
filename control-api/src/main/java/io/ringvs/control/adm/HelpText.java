package io.ringvs.control.adm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What {@code -h} and {@code -v} print. */
final class HelpText {
    static final String VERSION = "ipvsadm v1.31 2019/12/24 (compiled with popt and IPVS v1.2.1)\n";

    private HelpText() {
    }

    static String help(final String program) {
        try (InputStream text = HelpText.class.getResourceAsStream("help.txt")) {
            return VERSION + new String(text.readAllBytes(), StandardCharsets.US_ASCII).replace("@program@", program);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
