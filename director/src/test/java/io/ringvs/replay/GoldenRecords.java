package io.ringvs.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The packed records among the test resources. */
final class GoldenRecords implements AutoCloseable {
    private final FileSystem archive;

    GoldenRecords() {
        try {
            archive = FileSystems.newFileSystem(resource("packets.zip"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> names() throws IOException {
        try (Stream<Path> folders = Files.list(archive.getPath("/"))) {
            return folders.map(folder -> folder.getFileName().toString().replace("/", "")).sorted().toList();
        }
    }

    Path folder(final String name) {
        return archive.getPath("/", name);
    }

    /** Names of the scenarios that are expected to differ. */
    static Set<String> notYet() throws IOException {
        try (Stream<String> lines = Files.lines(resource("not-yet.txt"))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).collect(Collectors.toSet());
        }
    }

    private static Path resource(final String name) {
        try {
            return Path.of(GoldenRecords.class.getResource("/golden/" + name).toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }
}
