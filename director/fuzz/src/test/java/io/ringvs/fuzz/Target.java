package io.ringvs.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A line of the file {@code targets}: a class with the static methods {@code fuzzerTestOneInput}, which takes any bytes
 * and throws where something is wrong, and {@code seeds}, which gives good ones.
 */
record Target(String name, Class<?> type) {
    private static final Path LIST = Path.of("targets");
    private static final Path FINDINGS = Path.of("findings");

    static List<Target> all() throws IOException {
        return Files.readAllLines(LIST).stream().filter(line -> !line.startsWith("#")).map(Target::of).toList();
    }

    private static Target of(final String line) {
        final String[] words = line.split(" +");
        try {
            return new Target(words[0], Class.forName(words[1]));
        } catch (final ClassNotFoundException e) {
            throw new IllegalArgumentException(LIST + ": there is no " + words[1], e);
        }
    }

    List<?> seeds() throws ReflectiveOperationException {
        return (List<?>) type.getMethod("seeds").invoke(null);
    }

    /** Inputs that were wrong once. */
    List<Path> findings() throws IOException {
        final Path folder = FINDINGS.resolve(name);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    void run(final byte[] input) throws Throwable {
        try {
            type.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
