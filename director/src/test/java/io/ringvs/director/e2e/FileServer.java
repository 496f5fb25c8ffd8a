package io.ringvs.director.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** An HTTP server of both families with one file, which clients fetch through the director and send to it. */
final class FileServer {
    static final int PORT = 8080;

    /** Answers GET with a file, PUT with the digest of what came. */
    private static final String PROGRAM = """
        import hashlib, http.server, os, socket, sys
        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            def do_PUT(self):
                left, digest = int(self.headers['Content-Length']), hashlib.sha256()
                while left:
                    data = self.rfile.read(min(left, 1 << 20))
                    digest.update(data)
                    left -= len(data)
                text = digest.hexdigest().encode()
                self.send_response(200)
                self.send_header('Content-Length', str(len(text)))
                self.end_headers()
                self.wfile.write(text)
        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6
        os.chdir(sys.argv[2])
        Server(('::', int(sys.argv[1])), Handler).serve_forever()
        """;

    private final Path file;
    private final String digest;

    private FileServer(final Path file, final String digest) {
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
        lab.keep(server.start("files", "python3", "-u", "-c", PROGRAM, Integer.toString(PORT),
            lab.directory().toString()));
        Await.until(10, "the file server listens", () -> server.run("ss", "-tln").contains(":" + PORT));
        return new FileServer(file, server.run("sh", "-c", "sha256sum <" + file + " | cut -c1-64").trim());
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

    /** Sends the file to a virtual service; gives the digest of what came there. */
    String upload(final Host client, final String service) {
        return client.run(
            "curl", "-sSfg", "--max-time", "50", "-T", file.toString(), "http://" + service + "/").trim();
    }
}
