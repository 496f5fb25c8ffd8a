package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** An nginx of both families with one file, which clients fetch through the director and send to it. */
final class FileServer {
    static final int PORT = 8080;

    private final Host server;
    private final Path file;
    private final String digest;

    private FileServer(final Host server, final Path file, final String digest) {
        this.server = server;
        this.file = file;
        this.digest = digest;
    }

    /** Runs on a host, with a file of that many random bytes. */
    static FileServer start(final Lab lab, final Host server, final int bytes) {
        final byte[] content = new byte[bytes];
        new Random(1).nextBytes(content);
        final Path file = lab.directory().resolve("large");
        try {
            Files.write(file, content);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        server.serveFiles(lab.directory(), PORT);
        return new FileServer(server, file, digestOf(server, file));
    }

    /** The file's digest. */
    String digest() {
        return digest;
    }

    /** Fetches the file from a virtual service (ADDRESS:PORT); gives the digest of what came. */
    String fetch(final Host client, final String service) {
        return client.run("sh", "-c",
            "curl -sSfg --max-time 50 http://" + service + "/large | sha256sum | cut -c1-64").trim();
    }

    /** Sends the file to a virtual service; gives the digest of what the server stored. */
    String upload(final Host client, final String service) {
        client.run("curl", "-sSfg", "--max-time", "50", "-T", file.toString(), "http://" + service + "/upload");
        final Path stored = file.resolveSibling("upload");
        final String digest = digestOf(server, stored);
        server.run("rm", stored.toString());
        return digest;
    }

    private static String digestOf(final Host host, final Path file) {
        return host.run("sh", "-c", "sha256sum <" + file + " | cut -c1-64").trim();
    }
}
