package io.ringvs.replay;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Writes a {@code trace.jsonl}. */
final class TraceWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TraceWriter() {
    }

    static void write(final Path file, final List<TraceStep> steps) throws IOException {
        try (BufferedWriter lines = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (final TraceStep step : steps) {
                lines.write(JSON.writeValueAsString(node(step)));
                lines.write('\n');
            }
        }
    }

    private static ObjectNode node(final TraceStep step) {
        final ObjectNode node = JSON.createObjectNode().put("n", step.number()).put("t_ms", step.timeMs());
        if (step instanceof TraceStep.FrameIn frame) {
            node.set("in", node(frame.in()));
            node.set("out", nodes(frame.out()));
            if (frame.pass()) {
                node.put("pass", true);
            }
        } else if (step instanceof TraceStep.LateOut late) {
            node.set("late_out", nodes(late.out()));
        } else if (step instanceof TraceStep.Command command) {
            node.put("cmd", command.line()).put("rc", command.status())
                .put("stdout", command.out()).put("stderr", command.err());
        } else if (step instanceof TraceStep.Sleep sleep) {
            node.put("slept_ms", sleep.sleptMs());
        }
        return node;
    }

    private static ArrayNode nodes(final List<PortFrame> frames) {
        final ArrayNode nodes = JSON.createArrayNode();
        frames.forEach(frame -> nodes.add(node(frame)));
        return nodes;
    }

    private static ObjectNode node(final PortFrame frame) {
        return JSON.createObjectNode().put("if", frame.interfaceName()).put("frame", frame.hex());
    }
}
