package io.ringvs.bench.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ringvs bench forward}, as short as it gets: every peer of every mode forwards rightly, and results are written. */
class ForwardIT {
    @TempDir
    private Path directory;

    @Test
    void measuresEveryPeerOfEveryMode() throws IOException, InterruptedException {
        bench("--mode", "dr,tun,nat", "--flows", "10", "--frames", "60,imix", "--frames-flows", "10");

        final String results = Files.readString(directory.resolve("forward.json"));
        for (final String figure : List.of("dr/tcp/60B/10-flows/ringvs/mpps", "dr/tcp/imix/10-flows/xdp/mpps",
            "tun/tcp/imix/10-flows/c/mpps", "tun/tcp/imix/10-flows/ringvs/mpps", "nat/udp/imix/10-flows/nft/mpps",
            "nat/udp/60B/10-flows/ringvs/cpu_ns_per_frame")) {
            assertTrue(results.contains('"' + figure + '"'), () -> figure + " is missing from " + results);
        }
        assertTrue(Files.readString(directory.resolve("report.html")).contains("new Chart"));
    }

    private void bench(final String... options) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of("bin/forward", "--rounds", "1", "--seconds", "0.5",
            "--warm-up", "0.3", "--out", directory.toString()));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }
}
