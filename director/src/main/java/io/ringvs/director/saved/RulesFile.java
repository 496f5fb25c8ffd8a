package io.ringvs.director.saved;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that rules are saved in, and its neighbours: {@code .last} is the one saved before it, {@code .damaged} one
 * that could not be read, {@code .new} one being written, {@code .lock} tells two daemons apart.
 *
 * <p>Whatever happens while it is written, the file is afterwards either the old one or the new one, whole.
 *
 * <p><b>Threading:</b> any thread, one at a time.
 *
 * <p><b>Errors:</b> IOException from the file system; the file is as it was then.
 */
public final class RulesFile implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(RulesFile.class);
    /** In bytes: room for half a million rules. */
    static final long MAX_LENGTH = 64L << 20;
    /** Bytes written at once. */
    private static final int PIECE = 64 << 10;
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final FileChannel lock;

    private RulesFile(final Path file, final FileChannel lock) {
        this.file = file;
        this.lock = lock;
    }

    /**
     * Reserves the file for this process. A directory that cannot be written to is no reason to refuse: what is wrong
     * with it shows when the rules are to be saved.
     *
     * @throws IOException with a sentence, when another process has it
     */
    public static RulesFile open(final Path path) throws IOException {
        final Path file = path.toAbsolutePath();
        FileChannel lock = null;
        try {
            Files.createDirectories(file.getParent());
            lock = FileChannel.open(neighbour(file, ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(lock) == null) {
                lock.close();
                throw new AlreadyUsedException("another ringvs daemon keeps its rules in " + file
                    + "; name another file with --rules, or give --no-save");
            }
        } catch (final AlreadyUsedException e) {
            throw e;
        } catch (final IOException e) {
            LOGGER.warn("{} could not be reserved for this daemon: {}", file, e.toString());
        }
        return new RulesFile(file, lock);
    }

    private static FileLock tryLock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException e) {
            return null;
        }
    }

    /** The file itself. */
    public Path path() {
        return file;
    }

    /** The one saved before it. */
    public Path last() {
        return neighbour(file, ".last");
    }

    /** Where a damaged one is put. */
    public Path damaged() {
        return neighbour(file, ".damaged");
    }

    /** The text of one of these files, or null if there is none. */
    public static String read(final Path path) throws IOException {
        try {
            final long length = Files.size(path);
            if (length > MAX_LENGTH) {
                throw new IOException(path + " is longer than " + MAX_LENGTH + " bytes");
            }
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (final NoSuchFileException absent) {
            return null;
        }
    }

    /** Puts a damaged file aside, for whoever wants to look at it. */
    public void putAside() throws IOException {
        Files.move(file, damaged(), StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    /** A text, told piece by piece. */
    public interface Content {
        void writeTo(Appendable out) throws IOException;
    }

    /** Saves a text: on return it outlives a loss of power. */
    public void write(final Content text) throws IOException {
        final Path written = neighbour(file, ".new");
        Files.createDirectories(file.getParent());
        Files.deleteIfExists(written);
        try (FileChannel channel = FileChannel.open(
            written, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_ONLY)) {
            final Writer writer = new BufferedWriter(
                Channels.newWriter(channel, StandardCharsets.ISO_8859_1.newEncoder(), PIECE), PIECE);
            text.writeTo(writer);
            writer.flush();
            channel.force(true);
        } catch (final IOException e) {
            Files.deleteIfExists(written); // it may be what fills the disk
            throw e;
        }
        keepLast();
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    /** By a second link, so that there is no moment without the file. */
    private void keepLast() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            final Path link = neighbour(file, ".link");
            Files.deleteIfExists(link);
            Files.createLink(link, file);
            Files.move(link, last(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** A renamed file is safe once its directory is. */
    private void forceDirectory() throws IOException {
        try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Gives the file up to other processes. */
    @Override
    public void close() {
        if (lock != null) {
            try {
                lock.close();
            } catch (final IOException e) {
                LOGGER.warn("{} could not be given up: {}", file, e.toString());
            }
        }
    }

    private static Path neighbour(final Path file, final String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static final class AlreadyUsedException extends IOException {
        private AlreadyUsedException(final String sentence) {
            super(sentence);
        }
    }
}
