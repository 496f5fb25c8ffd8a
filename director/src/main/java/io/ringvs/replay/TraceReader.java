package io.ringvs.replay;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads a {@code trace.jsonl}. */
final class TraceReader {
    /** Time that a scenario may take: what is due in it is looked for in small steps. */
    static final long LONGEST_MS = TimeUnit.DAYS.toMillis(7);

    private static final ObjectMapper JSON = new ObjectMapper();

    private TraceReader() {
    }

    static List<TraceStep> read(final Path file) throws ReplayException {
        final List<TraceStep> steps = new ArrayList<>();
        long lastMs = 0;
        int lineNumber = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lineNumber++;
                final TraceStep step = step(JSON.readTree(line));
                if (step.timeMs() < lastMs) {
                    throw new IllegalArgumentException("t_ms goes back from " + lastMs + " to " + step.timeMs());
                }
                if (step.timeMs() > LONGEST_MS) {
                    throw new IllegalArgumentException(
                        "t_ms is beyond " + TimeUnit.MILLISECONDS.toDays(LONGEST_MS) + " days");
                }
                lastMs = step.timeMs();
                steps.add(step);
            }
        } catch (final IOException | IllegalArgumentException corrupt) {
            throw new ReplayException(file + " line " + lineNumber + ": " + reason(corrupt), corrupt);
        }
        return steps;
    }

    private static String reason(final Exception corrupt) {
        if (corrupt instanceof CharacterCodingException) {
            return "it, or what follows, is not UTF-8";
        }
        return corrupt instanceof JsonProcessingException json ? json.getOriginalMessage() : corrupt.getMessage();
    }

    private static TraceStep step(final JsonNode node) {
        final int number = required(node, "n").asInt();
        final long timeMs = required(node, "t_ms").asLong();
        if (node.has("in")) {
            return new TraceStep.FrameIn(
                number, timeMs, frame(node.get("in")), frames(node.path("out")), node.path("pass").asBoolean());
        }
        if (node.has("late_out")) {
            return new TraceStep.LateOut(number, timeMs, frames(node.get("late_out")));
        }
        if (node.has("cmd")) {
            return new TraceStep.Command(
                number, timeMs, node.get("cmd").asText(), node.path("rc").asInt(), node.path("stdout").asText(),
                node.path("stderr").asText());
        }
        if (node.has("slept_ms")) {
            return new TraceStep.Sleep(number, timeMs, node.get("slept_ms").asLong());
        }
        throw new IllegalArgumentException("a step has one of in, late_out, cmd, slept_ms; this one has none");
    }

    private static List<PortFrame> frames(final JsonNode nodes) {
        final List<PortFrame> frames = new ArrayList<>();
        nodes.forEach(node -> frames.add(frame(node)));
        return frames;
    }

    private static PortFrame frame(final JsonNode node) {
        return new PortFrame(
            required(node, "if").asText(), HexFormat.of().parseHex(required(node, "frame").asText()));
    }

    private static JsonNode required(final JsonNode node, final String field) {
        if (!node.has(field)) {
            throw new IllegalArgumentException("the field '" + field + "' is missing");
        }
        return node.get(field);
    }
}
