package io.ringvs.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

import jnr.ffi.LibraryLoader;

/**
 * Gives up capabilities in all threads of this process; {@code src/main/c/capabilities.c} says how, and why it needs C.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class Capabilities {
    private static final String LIBRARY = "/io/ringvs/xdp/libringvs-capabilities.so";

    private Capabilities() {
    }

    /** C signatures; public only because jnr-ffi implements it in a class loader of its own. */
    public interface Library {
        /** Returns 0 or an errno. */
        int ringvs_keep_capabilities(long set);
    }

    /**
     * Gives up, in every thread of the process and for good, all capabilities but those that are named and held; what
     * the process executes from now on gets no others.
     *
     * @throws NativeCallException if a thread could not give them up
     */
    public static void keepOnly(final Set<Capability> kept) {
        final long set = kept.stream().mapToLong(Capability::mask).sum();
        final int errno = library().ringvs_keep_capabilities(set);
        if (errno != 0) {
            throw new NativeCallException("capset", "0x" + Long.toHexString(set), errno);
        }
    }

    private static Library library() {
        try {
            final Path file = Files.createTempFile("ringvs", ".so");
            try (InputStream packed = Capabilities.class.getResourceAsStream(LIBRARY)) {
                Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
                return LibraryLoader.create(Library.class).load(file.toString());
            } finally {
                Files.delete(file); // the mapping stays
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
