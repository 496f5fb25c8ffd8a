package io.ringvs.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes seeds and findings of every target to a folder, for Jazzer to begin with. */
public final class SeedWriter {
    private SeedWriter() {
    }

    /** @param words the folder */
    public static void main(final String[] words) throws IOException, ReflectiveOperationException {
        for (final Target target : Target.all()) {
            final Path folder = Files.createDirectories(Path.of(words[0]).resolve(target.name()));
            int number = 0;
            for (final Object seed : target.seeds()) {
                Files.write(folder.resolve("seed-" + number++), (byte[]) seed);
            }
            for (final Path finding : target.findings()) {
                Files.write(folder.resolve(finding.getFileName()), Files.readAllBytes(finding));
            }
        }
    }
}
