package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.ringvs.service.IpAddress;

/** The C client against the real server; it needs clang, as the build of the steering program does. */
@Timeout(120)
class ClientProgramTest {
    @TempDir
    private static Path directory;
    private static Path program;

    private Path socket;
    private String out;
    private String err;

    @BeforeAll
    static void compile() throws Exception {
        program = directory.resolve("ringvs-adm");
        final Process compiler = new ProcessBuilder(
            "clang", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program.toString(),
            "src/main/c/ringvs-adm.c", "src/main/c/control-socket.c").redirectErrorStream(true).start();
        final String messages = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, compiler.waitFor(), messages);
    }

    @BeforeEach
    void nameSocket() throws IOException {
        socket = Files.createTempDirectory(directory, "daemon").resolve("ringvs.sock");
    }

    @Test
    void shouldHandOverWordsAndShowAnswers() throws Exception {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals(0, run("", "-A", "-t", "10.0.0.1:80", "-s", "rr"));
            assertEquals(255, run("", "-A", "-t", "10.0.0.1:80", "-s", ""));
            assertEquals("Service already exists\n", err);
            assertEquals(0, run("", "-Sn"));
            assertEquals("-A -t 10.0.0.1:80 -s rr\n", out);
            assertEquals(255, run("", "-x"));
            assertEquals("Try `" + program + " -h' or '" + program + " --help' for more information.\n", err);
            assertEquals(1, daemon.snapshots.current().services.services().size());
        }
    }

    @Test
    void shouldStreamStandardInputOfAnyLength() throws Exception {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            final StringBuilder rules = new StringBuilder();
            for (int i = 0; i < 5000; i++) {
                rules.append("-A -t 10.1.").append(i / 250).append('.').append(i % 250 + 1).append(":80 -s rr\n");
            }

            assertEquals(0, run(rules.toString(), "-R"));

            assertEquals(5000, daemon.snapshots.current().services.services().size());
            assertEquals(0, run("", "-Sn"));
            assertEquals(rules.length(), out.length());
        }
    }

    @Test
    void shouldLookUpNamesWhenAsked() throws Exception {
        try (TestDaemon daemon = new TestDaemon(socket, ConnectionSource.NONE)) {
            assertEquals(0, run("", "-A", "-t", "localhost:http", "-s", "rr"));
            assertEquals(IpAddress.parse("127.0.0.1"), daemon.test.rules.services().get(0).key().address());
            assertEquals(0, run("", "-L"));
            assertTrue(out.contains("TCP  localhost:http rr"), out);
            assertEquals(2, run("", "-A", "-t", "no-such-host.invalid:80"));
        }
    }

    @Test
    void shouldSayWhatToDoGivenNoDaemon() throws Exception {
        assertEquals(2, run("", "-Ln"));
        assertEquals("Can't reach the RingVS daemon at " + socket + ": No such file or directory\n"
            + "Is `ringvs run` running?\n", err);
    }

    @Test
    void shouldEndGivenReaderIsGone() throws Exception {
        final ConnectionSource endless = () -> new ConnectionSource.Cursor() {
            private final IpAddress any = IpAddress.parse("10.0.0.1");

            @Override
            public ConnectionEntry next() {
                return new ConnectionEntry(6, "NONE", 1, any, 1, any, 1, any, 1, null, null);
            }

            @Override
            public void close() {
            }
        };
        try (TestDaemon daemon = new TestDaemon(socket, endless)) {
            final ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "\"$0\" -Lnc | head -n 3 | wc -l", program.toString());
            builder.environment().put("RINGVS_SOCKET", socket.toString());
            final Process process = builder.start();

            assertEquals("3", new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim());
            assertTrue(daemon.test.rules.services().isEmpty());
        }
    }

    private int run(final String stdin, final String... words) throws Exception {
        final List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(words));
        final File input = Files.writeString(directory.resolve("stdin"), stdin).toFile();
        final File output = directory.resolve("stdout").toFile();
        final File errors = directory.resolve("stderr").toFile();
        final ProcessBuilder builder = new ProcessBuilder(command)
            .redirectInput(input).redirectOutput(output).redirectError(errors);
        builder.environment().put("RINGVS_SOCKET", socket.toString());
        final Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the client does not end");
        out = Files.readString(output.toPath(), StandardCharsets.ISO_8859_1);
        err = Files.readString(errors.toPath(), StandardCharsets.ISO_8859_1);
        return process.exitValue();
    }
}
