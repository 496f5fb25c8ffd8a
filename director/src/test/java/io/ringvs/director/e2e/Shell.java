package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs to their end. */
final class Shell {
    private static final long LIMIT_SECONDS = 60;

    private Shell() {
    }

    /** What a program answered. */
    record Answer(int status, String stdout, String stderr) {
        boolean succeeded() {
            return status == 0;
        }
    }

    /** A command line of words and some more. */
    static String[] line(final String words, final String... more) {
        return Stream.concat(Arrays.stream(words.split(" ")), Arrays.stream(more)).toArray(String[]::new);
    }

    /** Runs a program and gives its answer, whatever it is. */
    static Answer attempt(final String... command) {
        return attemptWithInput("", command);
    }

    /** Runs a program with a text on its standard input. */
    static Answer attemptWithInput(final String stdin, final String... command) {
        try {
            final Path out = Files.createTempFile("rvs-it", ".out");
            final Path err = Files.createTempFile("rvs-it", ".err");
            try {
                final Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile()).redirectError(err.toFile()).start();
                try (OutputStream input = process.getOutputStream()) {
                    input.write(stdin.getBytes(StandardCharsets.UTF_8));
                }
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + List.of(command));
                }
                return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot run " + List.of(command) + "; is it installed?", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Runs a program that must succeed, and gives its standard output. */
    static String run(final String... command) {
        final Answer answer = attempt(command);
        if (!answer.succeeded()) {
            throw new AssertionError(String.join(" ", command) + " ended with " + answer.status() + ": "
                + answer.stderr() + answer.stdout());
        }
        return answer.stdout();
    }
}
