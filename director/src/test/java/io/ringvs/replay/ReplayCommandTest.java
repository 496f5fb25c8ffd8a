package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {
    private static final String SCENARIO = "udp_flows_dr_v4";

    @TempDir
    private Path directory;
    private GoldenRecords records;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void open() {
        records = new GoldenRecords();
    }

    @AfterEach
    void close() throws IOException {
        records.close();
    }

    @Test
    void shouldWriteARecordingThatReplaysToItself() throws Exception {
        final Path record = unpack(SCENARIO, "first");
        assertEquals(0, run(record.toString(), "--out", directory.resolve("second").toString()), err.toString());

        for (final String name : List.of("topology.json", "rules.ipvs")) {
            Files.copy(record.resolve(name), directory.resolve("second").resolve(name));
        }
        assertEquals(0, run(directory.resolve("second").toString(), "--out", directory.resolve("third").toString(),
            "--check"), out.toString());
        for (final String name : List.of("in.pcap", "out.pcap")) {
            assertEquals(-1, Files.mismatch(
                directory.resolve("second").resolve(name), directory.resolve("third").resolve(name)), name);
        }
    }

    @Test
    void shouldWriteTheCapturesOfTheRecord() throws Exception {
        final Path record = unpack(SCENARIO, "record");
        run(record.toString(), "--out", directory.resolve("out").toString());

        for (final String name : List.of("in.pcap", "out.pcap")) {
            final List<Pcap.Packet> recorded = Pcap.read(record.resolve(name));
            final List<Pcap.Packet> written = Pcap.read(directory.resolve("out").resolve(name));
            assertEquals(describe(recorded), describe(written), name);
            assertFalse(written.isEmpty());
        }
    }

    @Test
    void shouldReplayACaptureAlone() throws Exception {
        final Path record = unpack("link_layer", "record");
        run(record.toString(), "--out", directory.resolve("traced").toString());
        Files.delete(record.resolve("trace.jsonl"));
        Files.delete(record.resolve("after.json"));
        assertEquals(0, run(record.toString(), "--out", directory.resolve("captured").toString()), err.toString());

        assertEquals(
            describe(Pcap.read(directory.resolve("traced/out.pcap"))),
            describe(Pcap.read(directory.resolve("captured/out.pcap"))));
    }

    @Test
    void shouldNameTheFirstDifferingField() throws Exception {
        final Path record = unpack(SCENARIO, "record");
        final Path trace = record.resolve("trace.jsonl");
        // the first output's time to live: 63 as recorded
        Files.writeString(trace, Files.readString(trace).replaceFirst("40003f11", "40003e11"));

        assertEquals(1, run(record.toString(), "--out", directory.resolve("out").toString(), "--check"));
        assertTrue(out.toString().contains("step 0: output 0: IPv4 ttl: recorded 62, got 63"), out.toString());
    }

    @Test
    void shouldReplayATreeAndCountWhatDiffers() throws Exception {
        unpack(SCENARIO, "tree/one");
        final Path changed = unpack(SCENARIO, "tree/two");
        Files.writeString(changed.resolve("rules.ipvs"),
            Files.readString(changed.resolve("rules.ipvs")).replace("-s rr", "-s wrr"));

        assertEquals(1, run("--all", directory.resolve("tree").toString(), "--out", directory.resolve("out").toString(),
            "--check"));
        assertTrue(out.toString().contains("2 replayed, 1 not as recorded"), out.toString());
        assertTrue(Files.exists(directory.resolve("out/one/after.json")));
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        final Path record = unpack(SCENARIO, "record");
        Files.delete(record.resolve("rules.ipvs"));
        shouldRefuse(record, "has no rules.ipvs");
        shouldRefuse(directory.resolve("absent"), "there is no folder");
    }

    @Test
    void shouldSayWhatIsCorrupt() throws Exception {
        final Path record = unpack(SCENARIO, "record");
        Files.writeString(record.resolve("rules.ipvs"), "-A -t nonsense:x\n");
        shouldRefuse(record, "rules.ipvs: ");

        final Path trace = unpack(SCENARIO, "trace").resolve("trace.jsonl");
        Files.writeString(trace, Files.readString(trace).replaceFirst("\"t_ms\"", "\"ms\""));
        shouldRefuse(trace.getParent(), "trace.jsonl line 1: the field 't_ms' is missing");

        final Path capture = unpack(SCENARIO, "capture");
        Files.delete(capture.resolve("trace.jsonl"));
        final byte[] bytes = Files.readAllBytes(capture.resolve("in.pcap"));
        Files.write(capture.resolve("in.pcap"), Arrays.copyOf(bytes, bytes.length - 1));
        shouldRefuse(capture, "it ends in the middle of a packet");

        final Path topology = unpack(SCENARIO, "topology");
        Files.writeString(topology.resolve("topology.json"),
            Files.readString(topology.resolve("topology.json")).replaceFirst("192.168.1.1/24", "192.168.1.1/240"));
        shouldRefuse(topology, "'192.168.1.1/240', whose prefix length is out of range");
    }

    private void shouldRefuse(final Path folder, final String sentence) {
        err.getBuffer().setLength(0);
        assertEquals(1, run(folder.toString(), "--out", directory.resolve("refused").toString()));
        assertTrue(err.toString().contains(sentence), err.toString());
        assertFalse(Files.exists(directory.resolve("refused")), "something was written");
    }

    private int run(final String... arguments) {
        return new CommandLine(new ReplayCommand())
            .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(arguments);
    }

    private Path unpack(final String scenario, final String name) throws IOException {
        final Path to = Files.createDirectories(directory.resolve(name));
        try (Stream<Path> files = Files.list(records.folder(scenario))) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
        return to;
    }

    private static List<String> describe(final List<Pcap.Packet> packets) {
        return packets.stream().map(packet -> HexFormat.of().formatHex(packet.bytes())).toList();
    }
}
