package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * Any bytes are a capture, and the lines of a trace: each is read, or refused in a sentence that names the file, and
 * what is read takes no more memory than its file.
 */
public final class RecordFuzzTarget {
    private static final Path FILE = file();

    private RecordFuzzTarget() {
    }

    private static Path file() {
        try {
            final Path file = Files.createTempFile("ringvs-fuzz", "");
            file.toFile().deleteOnExit();
            return file;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A capture of either byte order, and a trace of all kinds of lines. */
    public static List<byte[]> seeds() {
        final String packet = "0200000003000000" + "04000000" + "04000000" + "01020304";
        final String trace = "{\"n\":1,\"t_ms\":0,\"in\":{\"if\":\"c0\",\"frame\":\"0102\"},\"out\":[{\"if\":\"r0\","
            + "\"frame\":\"0304\"}],\"pass\":false}\n"
            + "{\"n\":2,\"t_ms\":5,\"cmd\":\"ipvsadm -L\",\"rc\":0,\"stdout\":\"x\"}\n"
            + "{\"n\":3,\"t_ms\":9,\"slept_ms\":10}\n{\"n\":4,\"t_ms\":20,\"late_out\":[]}\n";
        return List.of(
            HexFormat.of().parseHex("d4c3b2a1020004000000000000000000ffff000001000000" + packet + packet),
            HexFormat.of().parseHex("a1b23c4d000200040000000000000000000fffff00000001"
                + "0000000200000003" + "00000002" + "00000002" + "0102"),
            trace.getBytes(StandardCharsets.UTF_8));
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) throws IOException {
        Files.write(FILE, data);
        try {
            final long bytes = Pcap.read(FILE).stream().mapToLong(packet -> packet.bytes().length).sum();
            assertTrue(bytes <= data.length);
        } catch (final ReplayException e) {
            assertTrue(e.getMessage().startsWith(FILE + " cannot be read: "), e.getMessage());
        }
        try {
            TraceReader.read(FILE);
        } catch (final ReplayException e) {
            assertTrue(e.getMessage().startsWith(FILE + " line "), e.getMessage());
        }
    }
}
