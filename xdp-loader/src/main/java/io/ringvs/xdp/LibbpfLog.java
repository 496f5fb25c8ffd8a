package io.ringvs.xdp;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.types.size_t;

/**
 * Keeps the last lines of what libbpf would print on standard error, to be shown in the exception of a failed load.
 *
 * <p><b>Threading</b>: any thread.
 */
final class LibbpfLog implements Libbpf.Print {
    /** enum libbpf_print_level: warnings are 0, what the verifier says comes with them. */
    private static final int LEVEL_INFO = 1;
    private static final int MAX_LINES = 24;
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;

    /** {@code vsnprintf} takes its {@code va_list} as a pointer, on x86-64 and on AArch64. */
    public interface Formatter {
        int vsnprintf(Pointer buffer, @size_t long length, Pointer format, Pointer arguments);
    }

    private final Formatter formatter = LibraryLoader.create(Formatter.class).load("c");
    private final Runtime runtime = Runtime.getRuntime(formatter);
    private final Deque<String> lines = new ArrayDeque<>();

    @Override
    public synchronized int print(final int level, final Pointer format, final Pointer arguments) {
        if (level > LEVEL_INFO) {
            return 0;
        }
        final Pointer buffer = Memory.allocateDirect(runtime, MAX_MESSAGE_BYTES);
        final int length = formatter.vsnprintf(buffer, MAX_MESSAGE_BYTES, format, arguments);
        buffer.getString(0).lines().filter((line) -> !line.isBlank()).forEach(this::keep);
        return length;
    }

    private void keep(final String line) {
        if (lines.size() == MAX_LINES) {
            lines.removeFirst();
        }
        lines.addLast(line.strip());
    }

    /** The lines since the last call, oldest first, each on its own line and indented; empty if there were none. */
    synchronized String take() {
        final String text = lines.stream().map((line) -> "\n    " + line).collect(Collectors.joining());
        lines.clear();
        return text;
    }
}
