package io.ringvs.control.adm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs commands to their end, as the control server does for its clients. */
final class TestRun {
    static final ServiceNames SERVICES = readServices();

    private final AdmEnvironment environment;
    private String out;
    private String err;
    private int status;
    private boolean changed;
    private boolean readInput;

    TestRun(final AdmEnvironment environment) {
        this.environment = environment;
    }

    void run(final String program, final List<String> words, final String stdin) {
        try (AdmSession session = new AdmSession(environment, HostNames.NONE, program, words)) {
            AdmSession.Step step = session.advance();
            readInput = false;
            while (step != AdmSession.Step.DONE) {
                if (step == AdmSession.Step.INPUT) {
                    readInput = true;
                    session.input(stdin);
                }
                step = session.advance();
            }
            out = session.out().toString();
            err = session.err().toString();
            status = session.status();
            changed = session.changed();
        }
    }

    void run(final String command) {
        run(command, "");
    }

    void run(final String command, final String stdin) {
        final List<String> words = ShellWords.split(command);
        run(words.get(0), words.subList(1, words.size()), stdin);
    }

    String out() {
        return out;
    }

    String err() {
        return err;
    }

    int status() {
        return status;
    }

    boolean changed() {
        return changed;
    }

    /** Whether the command was one that reads standard input. */
    boolean readInput() {
        return readInput;
    }

    private static ServiceNames readServices() {
        try (InputStream file = TestRun.class.getResourceAsStream("/services")) {
            return new ServiceNames(new String(file.readAllBytes(), StandardCharsets.US_ASCII).lines().toList());
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
