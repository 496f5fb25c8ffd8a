package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestRules;

/** Replays what ipvsadm 1.31 on Linux 6.1 answered: status and both outputs, byte for byte. */
class GoldenTranscriptTest {
    private static final int DEFAULT_TABLE_BITS = 12;

    @TestFactory
    Stream<DynamicTest> shouldAnswerAsIpvsadmDid() throws IOException {
        final Map<String, List<JsonNode>> scenarios = new LinkedHashMap<>();
        final ObjectMapper json = new ObjectMapper();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
            new GZIPInputStream(getClass().getResourceAsStream("/golden/ipvsadm.jsonl.gz")),
            StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                final JsonNode step = json.readTree(line);
                scenarios.computeIfAbsent(step.get("scenario").asText(), name -> new ArrayList<>()).add(step);
            }
        }
        assertEquals(69, scenarios.size());
        return scenarios.entrySet().stream()
            .map(scenario -> DynamicTest.dynamicTest(scenario.getKey(), () -> replay(scenario.getValue())));
    }

    private static void replay(final List<JsonNode> steps) {
        try (TestRules test = new TestRules()) {
            for (final JsonNode step : steps) {
                final int bits = step.path("conn_tab_bits").asInt(DEFAULT_TABLE_BITS);
                final TestRun run = new TestRun(new AdmEnvironment(
                    test.rules, ConnectionSource.NONE, 1 << bits, TestRun.SERVICES));
                final List<String> words = ShellWords.split(step.get("cmd").asText());
                run.run(words.get(0), words.subList(1, words.size()), step.path("stdin").asText());
                final String varies = step.path("varies").asText();
                assertEquals(
                    describe(step.get("rc").asInt(), step.get("stdout").asText(), step.get("stderr").asText(), varies),
                    describe(run.status(), run.out(), run.err(), varies),
                    () -> "step " + step.get("step") + ": " + step.get("cmd").asText());
            }
        }
    }

    private static String describe(final int status, final String out, final String err, final String varies) {
        final String comparable = switch (varies) {
            case "order" -> {
                final String[] lines = out.split("\n");
                Arrays.sort(lines);
                yield String.join("\n", lines);
            }
            case "content" -> "";
            default -> out;
        };
        return "status " + status + "\n--- stdout\n" + comparable + "--- stderr\n" + err;
    }
}
