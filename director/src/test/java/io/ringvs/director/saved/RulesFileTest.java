package io.ringvs.director.saved;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest {
    @TempDir
    private Path directory;

    @Test
    void shouldKeepTheOneBefore() throws IOException {
        try (RulesFile file = RulesFile.open(directory.resolve("made/rules"))) {
            assertNull(RulesFile.read(file.path()));
            file.write(out -> out.append("one"));
            assertNull(RulesFile.read(file.last()));
            file.write(out -> out.append("two"));
            file.write(out -> out.append("three"));
            assertEquals("three", RulesFile.read(file.path()));
            assertEquals("two", RulesFile.read(file.last()));
            try (Stream<Path> files = Files.list(directory.resolve("made"))) {
                assertEquals(List.of("rules", "rules.last", "rules.lock"),
                    files.map(each -> each.getFileName().toString()).sorted().toList());
            }
        }
    }

    @Test
    void shouldReplaceWhatAnInterruptedSaveLeft() throws IOException {
        Files.writeString(directory.resolve("rules"), "one");
        Files.writeString(directory.resolve("rules.new"), "tw");
        Files.writeString(directory.resolve("rules.link"), "?");
        try (RulesFile file = RulesFile.open(directory.resolve("rules"))) {
            file.write(out -> out.append("two"));
            assertEquals("two", RulesFile.read(file.path()));
            assertEquals("one", RulesFile.read(file.last()));
        }
    }

    @Test
    void shouldPutADamagedOneAside() throws IOException {
        try (RulesFile file = RulesFile.open(directory.resolve("rules"))) {
            file.write(out -> out.append("one"));
            file.putAside();
            file.write(out -> out.append("two"));
            assertEquals("one", RulesFile.read(file.damaged()));
            assertNull(RulesFile.read(file.last()));
        }
    }

    @Test
    void shouldBeOneDaemonsOnly() throws IOException {
        try (RulesFile first = RulesFile.open(directory.resolve("rules"))) {
            final String message = assertThrows(IOException.class, () -> RulesFile.open(first.path())).getMessage();
            assertTrue(message.contains("another ringvs daemon"), message);
        }
        RulesFile.open(directory.resolve("rules")).close();
    }

    @Test
    void shouldRefuseToReadWithoutBound() throws IOException {
        final Path huge = directory.resolve("rules");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(RulesFile.MAX_LENGTH + 1);
        }
        assertThrows(IOException.class, () -> RulesFile.read(huge));
    }
}
