package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A running program with its output in a file. */
final class Program implements Lab.Started {
    private static final int GRACE_SECONDS = 10;

    private final Process process;
    private final Path log;

    private Program(final Process process, final Path log) {
        this.process = process;
        this.log = log;
    }

    static Program start(final Path log, final String... command) {
        try {
            return new Program(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", command), e);
        }
    }

    long processId() {
        return process.pid();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** All that it has written so far. */
    String output() {
        try {
            return Files.readString(log);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for its end and gives its exit status. */
    int awaitEnd(final int seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + seconds + " s; its output:\n" + output());
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it without giving it a chance, as kill -9 does. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(GRACE_SECONDS);
    }

    /** Asks it to end (SIGTERM) and waits; a program that does not is killed and reported. */
    @Override
    public void close() {
        if (!process.isAlive()) {
            return;
        }
        process.destroy();
        try {
            if (process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
        throw new AssertionError("did not end within " + GRACE_SECONDS + " s of SIGTERM; its output:\n" + output());
    }
}
