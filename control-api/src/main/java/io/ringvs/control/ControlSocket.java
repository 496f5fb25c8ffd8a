package io.ringvs.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * The control socket in the file system: mode 0600 (0660 for a group) from its first moment, one daemon each, and the
 * file of a dead daemon replaced.
 *
 * <p>A lock on a file beside it tells two daemons apart that start at once; a killed daemon's lock is gone with it.
 *
 * <p><b>Errors:</b> IOException with a sentence for the operator.
 */
final class ControlSocket implements AutoCloseable {
    /** Longest path that fits a socket address (sun_path), its ending 0 excluded. */
    private static final int MAX_PATH_LENGTH = 107;
    /** Of "/.rvs-" with up to 20 digits and "/s". */
    private static final int TEMPORARY_NAME_LENGTH = 28;

    private final Path path;
    private final FileChannel lockFile;
    private final ServerSocketChannel channel;
    private final Peers peers;

    private ControlSocket(
        final Path path, final FileChannel lockFile, final ServerSocketChannel channel, final Peers peers) {
        this.peers = peers;
        this.path = path;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /** @param groupName whose members may use it, too, by mode 0660; or null */
    static ControlSocket open(final Path file, final String groupName) throws IOException {
        final Path path = file.toAbsolutePath();
        final int parentLength = path.getParent().toString().getBytes(StandardCharsets.UTF_8).length;
        final int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_LENGTH || parentLength > MAX_PATH_LENGTH - TEMPORARY_NAME_LENGTH) {
            throw new IOException("the path of the control socket, " + path + ", is too long; choose a shorter one");
        }
        if (!Files.isDirectory(path.getParent())) {
            throw new IOException("the directory of the control socket, " + path.getParent() + ", does not exist");
        }
        final FileChannel lockFile = lock(path);
        try {
            refuseUnlessReplaceable(path);
            final GroupPrincipal group = group(groupName);
            final ServerSocketChannel channel = bind(path, group);
            return new ControlSocket(path, lockFile, channel, new Peers(Files.getOwner(path), group));
        } catch (final IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** Who may use it. */
    Peers peers() {
        return peers;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
        lockFile.close();
    }

    private static FileChannel lock(final Path path) throws IOException {
        final Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
        final FileChannel lockFile =
            FileChannel.open(lockPath, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (final OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            lockFile.close();
            throw alreadyServed(path);
        }
        return lockFile;
    }

    private static void refuseUnlessReplaceable(final Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(
            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new IOException(path + " exists and is no socket; move it away or choose another path");
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        } catch (final ConnectException refused) {
            return; // nobody listens: the daemon that made it is dead
        }
        throw alreadyServed(path);
    }

    /** Binds in a directory that nobody else may enter, then moves the finished socket to its place. */
    private static ServerSocketChannel bind(final Path path, final GroupPrincipal group) throws IOException {
        final Path privately = Files.createTempDirectory(path.getParent(), ".rvs-");
        final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            final Path made = privately.resolve("s");
            channel.bind(UnixDomainSocketAddress.of(made));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            if (group != null) {
                Files.getFileAttributeView(made, PosixFileAttributeView.class).setGroup(group);
                Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-rw----"));
            }
            channel.configureBlocking(false);
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            return channel;
        } catch (final IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(privately.resolve("s"));
            throw e;
        } finally {
            Files.deleteIfExists(privately);
        }
    }

    private static GroupPrincipal group(final String name) throws IOException {
        try {
            return name == null ? null
                : FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
        } catch (final UserPrincipalNotFoundException e) {
            throw new IOException("there is no group '" + name + "' to give the control socket to", e);
        }
    }

    private static IOException alreadyServed(final Path path) {
        return new IOException("another ringvs daemon already serves " + path
            + "; stop it, or choose another path with --socket or RINGVS_SOCKET");
    }
}
