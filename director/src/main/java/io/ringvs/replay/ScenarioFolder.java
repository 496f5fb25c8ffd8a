package io.ringvs.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/**
 * A folder with a scenario or a recording.
 *
 * <pre>
 *   topology.json   the host                                     needed
 *   rules.ipvs      the configuration, as ipvsadm -R reads it    needed
 *   trace.jsonl     inputs, commands, outputs                    needed, or else in.pcap
 *   in.pcap         inputs alone
 *   out.pcap        outputs alone                                only written
 *   after.json      outputs of commands at the end               needed only to compare
 * </pre>
 *
 * <p><b>Errors:</b> {@link ReplayException} names the file and what is wrong with it.
 */
final class ScenarioFolder {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private static final List<String> WRITTEN = List.of("trace.jsonl", "in.pcap", "out.pcap", "after.json");

    private final Path folder;

    ScenarioFolder(final Path folder) {
        this.folder = folder;
    }

    Scenario read() throws ReplayException {
        if (!Files.isDirectory(folder)) {
            throw new ReplayException("there is no folder " + folder);
        }
        final Topology topology = json("topology.json", new TypeReference<>() { });
        if (topology == null || topology.interfaces().isEmpty()) {
            throw new ReplayException(folder.resolve("topology.json") + " names no interface");
        }
        final List<TraceStep> steps = Files.exists(folder.resolve("trace.jsonl"))
            ? TraceReader.read(folder.resolve("trace.jsonl")) : capture(topology);
        return new Scenario(name(), topology, text("rules.ipvs"), steps, after());
    }

    private String name() {
        final String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    }

    private List<TraceStep> capture(final Topology topology) throws ReplayException {
        final Path file = folder.resolve("in.pcap");
        if (!Files.exists(file)) {
            throw new ReplayException(folder + " has neither trace.jsonl nor in.pcap");
        }
        final InterfaceGuess guess = new InterfaceGuess(topology);
        final List<TraceStep> steps = new ArrayList<>();
        long startNs = 0;
        long lastMs = 0;
        for (final Pcap.Packet packet : Pcap.read(file)) {
            startNs = steps.isEmpty() ? packet.timeNs() : startNs;
            // captures of several queues are not always in order
            lastMs = Math.max(lastMs, TimeUnit.NANOSECONDS.toMillis(packet.timeNs() - startNs));
            if (lastMs > TraceReader.LONGEST_MS) {
                throw new ReplayException(file + ": packet " + steps.size() + " comes more than "
                    + TimeUnit.MILLISECONDS.toDays(TraceReader.LONGEST_MS) + " days after the first");
            }
            steps.add(new TraceStep.FrameIn(steps.size(), lastMs,
                new PortFrame(guess.interfaceOf(packet.bytes()), packet.bytes()), List.of(), false));
        }
        return steps;
    }

    private Map<String, String> after() throws ReplayException {
        return Files.exists(folder.resolve("after.json")) ? json("after.json", new TypeReference<>() { }) : null;
    }

    private <T> T json(final String name, final TypeReference<T> type) throws ReplayException {
        try {
            return JSON.readValue(text(name), type);
        } catch (final JsonProcessingException corrupt) {
            throw new ReplayException(folder.resolve(name) + " line " + corrupt.getLocation().getLineNr() + ": "
                + corrupt.getOriginalMessage(), corrupt);
        }
    }

    private String text(final String name) throws ReplayException {
        final Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            throw new ReplayException(folder + " has no " + name);
        }
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new ReplayException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Writes a recording: all of its files, or if that cannot be, none. */
    void write(final Recording recording) throws ReplayException {
        try {
            Files.createDirectories(folder);
            final Path whole = Files.createTempDirectory(folder, ".replay");
            try {
                TraceWriter.write(whole.resolve("trace.jsonl"), recording.steps());
                Pcap.write(whole.resolve("in.pcap"), packets(recording.steps(), true));
                Pcap.write(whole.resolve("out.pcap"), packets(recording.steps(), false));
                Files.writeString(whole.resolve("after.json"), JSON.writeValueAsString(recording.after()) + "\n");
                for (final String name : WRITTEN) {
                    Files.move(whole.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            } finally {
                for (final String name : WRITTEN) {
                    Files.deleteIfExists(whole.resolve(name));
                }
                Files.delete(whole);
            }
        } catch (final IOException e) {
            throw new ReplayException("cannot write to " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<Pcap.Packet> packets(final List<TraceStep> steps, final boolean inputs) {
        final List<Pcap.Packet> packets = new ArrayList<>();
        for (final TraceStep step : steps) {
            final List<PortFrame> frames;
            if (step instanceof TraceStep.FrameIn frame) {
                frames = inputs ? List.of(frame.in()) : frame.out();
            } else {
                frames = !inputs && step instanceof TraceStep.LateOut late ? late.out() : List.of();
            }
            frames.forEach(frame -> packets.add(
                new Pcap.Packet(TimeUnit.MILLISECONDS.toNanos(step.timeMs()), frame.bytes())));
        }
        return packets;
    }
}
