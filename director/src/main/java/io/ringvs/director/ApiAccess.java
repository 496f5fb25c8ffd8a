package io.ringvs.director;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Where the HTTP API is served besides the control socket, and the word that its clients have to know.
 *
 * <p>It is served on loopback only: neither token nor rules are encrypted on their way.
 *
 * @param token of printable characters
 */
record ApiAccess(InetSocketAddress address, String token) {
    private static final int MIN_LENGTH = 16;
    private static final int MAX_LENGTH = 1024;

    /**
     * Reads the options; null if neither is given.
     *
     * @throws StartException with one sentence
     */
    static ApiAccess parse(final String address, final Path tokenFile) {
        if ((address == null) != (tokenFile == null)) {
            throw new StartException("--api and --api-token-file go together: on TCP everybody can connect, and the"
                + " token in that file tells who may");
        } else if (address == null) {
            return null;
        }
        final InetSocketAddress parsed = ListenAddress.parse("--api", address);
        if (!parsed.getAddress().isLoopbackAddress()) {
            throw new StartException("--api takes a loopback address, not " + parsed.getAddress().getHostAddress()
                + ": nothing is encrypted; put a proxy with TLS in front to serve other hosts");
        }
        return new ApiAccess(parsed, readToken(tokenFile));
    }

    private static String readToken(final Path file) {
        final String token;
        try {
            final Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_READ)
                || permissions.contains(PosixFilePermission.OTHERS_READ)) {
                throw new StartException(
                    "others can read the token in " + file + "; run `chmod 600 " + file + "`, with a new token in it");
            }
            token = Files.size(file) > MAX_LENGTH ? "" : Files.readString(file).strip();
        } catch (final IOException e) {
            throw new StartException("the token file " + file + " cannot be read (" + e.getMessage()
                + "); make one with `(umask 077; openssl rand -hex 32 > " + file + ")`", e);
        }
        if (token.length() < MIN_LENGTH || !token.matches("[\\x21-\\x7e]+")) {
            throw new StartException("the token in " + file + " must be one word of " + MIN_LENGTH + " to " + MAX_LENGTH
                + " printable ASCII characters; `openssl rand -hex 32` makes one");
        }
        return token;
    }

    @Override
    public String toString() {
        return address.toString(); // without the token
    }
}
