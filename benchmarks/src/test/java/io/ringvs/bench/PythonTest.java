package io.ringvs.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

/** The unit tests of the measuring harness, which is written in Python: its statistics, above all. */
class PythonTest {
    @Test
    void harnessPassesItsOwnTests() throws IOException, InterruptedException {
        final ProcessBuilder tests = new ProcessBuilder("python3", "-B", "-m", "unittest", "discover", "-s",
            "src/test/python").redirectErrorStream(true);
        tests.environment().put("PYTHONPATH", "src/main/python");
        final Process process = tests.start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }
}
