package io.ringvs.fastpath;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the host has free: as in Linux's defences, free pages and those of buffers, but not the page cache.
 *
 * <p><b>Threading:</b> any thread.
 *
 * <p><b>Errors:</b> UncheckedIOException if the file cannot be read or lacks a line.
 *
 * <p><b>Source:</b> proc(5), /proc/meminfo; update_defense_level of Linux 6.1 {@code ip_vs_ctl.c}.
 */
public final class HostMemory implements MemoryGauge {
    private static final int KIB_PER_PAGE = 4;

    private final Path meminfo;

    public HostMemory() {
        this(Path.of("/proc/meminfo"));
    }

    HostMemory(final Path meminfo) {
        this.meminfo = meminfo;
    }

    @Override
    public long availablePages() {
        try {
            final List<String> lines = Files.readAllLines(meminfo);
            return (kib(lines, "MemFree:") + kib(lines, "Buffers:")) / KIB_PER_PAGE;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kib(final List<String> lines, final String name) throws IOException {
        for (final String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
            }
        }
        throw new IOException("/proc/meminfo has no line '" + name + "'");
    }
}
