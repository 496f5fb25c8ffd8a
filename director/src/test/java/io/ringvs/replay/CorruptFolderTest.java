package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Damaged folders get a sentence, and nothing is written of them. */
class CorruptFolderTest {
    private static final String SCENARIO = "link_layer";
    private static final int ROUNDS = 60;
    private static final Pattern VALUE = Pattern.compile("(?<=: ?)(\"[^\"]*\"|-?\\d+|\\[|\\{|true|false)");

    @TempDir
    private Path directory;
    private GoldenRecords records;

    @BeforeEach
    void open() {
        records = new GoldenRecords();
    }

    @AfterEach
    void close() throws IOException {
        records.close();
    }

    @Test
    void shouldSayWhatIsWrongGivenAnyDamage() throws IOException {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CorruptFolderTest seed " + seed);
        final Random random = new Random(seed);
        int refused = 0;
        for (final String name : List.of("topology.json", "rules.ipvs", "trace.jsonl", "in.pcap")) {
            final Path folder = unpack("of-" + name);
            if (name.equals("in.pcap")) {
                Files.delete(folder.resolve("trace.jsonl"));
                Files.delete(folder.resolve("after.json"));
            }
            final byte[] whole = Files.readAllBytes(folder.resolve(name));
            for (int round = 0; round < ROUNDS; round++) {
                Files.write(folder.resolve(name), damaged(whole, random));
                refused += isRefused(folder, directory.resolve("out-" + name + round)) ? 1 : 0;
            }
        }
        assertTrue(refused > ROUNDS, "hardly any damage was found: " + refused);
    }

    private static byte[] damaged(final byte[] whole, final Random random) {
        final byte[] changed = whole.clone();
        switch (random.nextInt(3)) {
            case 0 -> {
                return Arrays.copyOf(changed, random.nextInt(changed.length));
            }
            case 1 -> changed[random.nextInt(Math.min(changed.length, 4000))] = (byte)random.nextInt();
            default -> {
                return withoutAValue(changed, random);
            }
        }
        return changed;
    }

    /** Puts null, a number or a text where another value was. */
    private static byte[] withoutAValue(final byte[] json, final Random random) {
        final String text = new String(json, StandardCharsets.ISO_8859_1);
        final List<MatchResult> values = VALUE.matcher(text).results().toList();
        if (values.isEmpty()) {
            return new byte[random.nextInt(50)];
        }
        final MatchResult value = values.get(random.nextInt(values.size()));
        final String other = List.of("null", "-1", "\"x\"", "[]", "{}").get(random.nextInt(5));
        return (text.substring(0, value.start()) + other + text.substring(value.end()))
            .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static boolean isRefused(final Path folder, final Path out) throws IOException {
        final StringWriter err = new StringWriter();
        final int status = new CommandLine(new ReplayCommand()).setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true)).execute(folder.toString(), "--out", out.toString());
        if (status == 0) {
            assertEquals("", err.toString());
            try (Stream<Path> files = Files.list(out)) {
                assertEquals(4, files.count(), "all files are written");
            }
            return false;
        }
        assertTrue(err.toString().startsWith("ringvs: "), err.toString());
        assertFalse(err.toString().contains("Exception") || err.toString().contains("\tat "), err.toString());
        assertFalse(Files.exists(out), "something was written: " + err);
        return true;
    }

    @Test
    void shouldSayThatItCannotWrite() throws IOException {
        final Path taken = Files.writeString(directory.resolve("taken"), "mine");
        final StringWriter err = new StringWriter();

        assertEquals(1, new CommandLine(new ReplayCommand()).setErr(new PrintWriter(err, true))
            .execute(unpack("record").toString(), "--out", taken.toString()));

        assertTrue(err.toString().startsWith("ringvs: cannot write to " + taken), err.toString());
        assertEquals("mine", Files.readString(taken));
    }

    @Test
    void shouldRefuseWhatLastsTooLong() throws IOException {
        final Path folder = unpack("long");
        final Path trace = folder.resolve("trace.jsonl");
        final String last = "{\"n\": 99, \"t_ms\": 604800001, \"slept_ms\": 1}\n";
        Files.writeString(trace, Files.readString(trace) + last);

        assertTrue(isRefused(folder, directory.resolve("out")));
    }

    private Path unpack(final String name) throws IOException {
        final Path to = Files.createDirectories(directory.resolve(name));
        try (Stream<Path> files = Files.list(records.folder(SCENARIO))) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
        return to;
    }
}
