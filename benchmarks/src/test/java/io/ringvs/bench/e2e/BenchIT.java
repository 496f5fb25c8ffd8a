package io.ringvs.bench.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code ringvs bench}, as short as they get: that they measure what they say, whatever comes out. */
class BenchIT {
    private static final List<String> SHORT = List.of("--rounds", "1", "--seconds", "0.5", "--warm-up", "0.3");

    @TempDir
    private Path directory;

    @Test
    void forwardMeasuresEveryPeerOfEveryMode() throws IOException, InterruptedException {
        bench("forward", SHORT, "--mode", "dr,tun,nat,fullnat", "--flows", "10", "--frames", "60,imix",
            "--frames-flows", "10");

        final String results = results("forward");
        for (final String figure : List.of("dr/tcp/60B/10-flows/ringvs/mpps", "dr/tcp/imix/10-flows/xdp/mpps",
            "tun/tcp/imix/10-flows/c/mpps", "tun/tcp/imix/10-flows/ringvs/mpps", "nat/udp/imix/10-flows/nft/mpps",
            "nat/udp/60B/10-flows/ringvs/cpu_ns_per_frame", "fullnat/udp/60B/10-flows/ringvs/mpps",
            "fullnat/udp/imix/10-flows/nft/mpps")) {
            assertTrue(results.contains('"' + figure + '"'), () -> figure + " is missing from " + results);
        }
        assertTrue(shown("report.html").contains("data-drawn=\"8\""), "rate and CPU time of four modes are plotted");
    }

    @Test
    void latencySearchesTheLossFreeRateAndCountsEveryStampedFrame() throws IOException, InterruptedException {
        bench("latency", SHORT, "--flows", "10", "--peers", "kernel", "--loads", "50", "--trial", "0.3",
            "--loss", "0.9");

        assertTrue(results("latency").contains("\"dr/tcp/64B/10-flows/kernel/50%/p99.9\""));
    }

    @Test
    void churnFindsEveryNewConnectionInTheListing() throws IOException, InterruptedException {
        bench("churn", SHORT, "--peers", "ringvs", "--connections", "200000", "--offered", "100000",
            "--warm-up-pps", "10000");

        assertTrue(results("churn").contains("\"churn/dr/tcp/ringvs/mpps\""));
    }

    @Test
    void scaleChangesRulesUnderLoad() throws IOException, InterruptedException {
        bench("scale", SHORT, "--what", "servers,rules", "--servers", "100", "--flows", "100");

        assertTrue(results("scale").contains("\"rules/bulk\""));
        assertTrue(results("scale").contains("\"servers/100/mpps\""));
    }

    @Test
    void nothingIsLeftOfAnInterruptedRun() throws IOException, InterruptedException {
        final Process process = start("forward", List.of("--seconds", "60", "--peers", "c", "--flows", "1"));
        final String prefix = "rvs-bench-" + process.pid() + '-';
        while (!namespaces().contains(prefix)) {
            assertTrue(process.isAlive());
            Thread.onSpinWait();
        }
        process.destroy();
        assertEquals(130, process.waitFor());
        assertFalse(namespaces().contains(prefix));
    }

    /** The page as a browser has it after its scripts ran. */
    private String shown(final String page) throws IOException {
        return output(new ProcessBuilder("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--user-data-dir=" + directory.resolve("browser"), "--dump-dom",
            directory.resolve(page).toUri().toString()));
    }

    private static String namespaces() throws IOException {
        return output(new ProcessBuilder("ip", "netns"));
    }

    private static String output(final ProcessBuilder builder) throws IOException {
        final Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private String results(final String name) throws IOException {
        return Files.readString(directory.resolve(name + ".json"));
    }

    private void bench(final String name, final List<String> common, final String... options)
        throws IOException, InterruptedException {
        final List<String> all = new ArrayList<>(common);
        all.addAll(List.of(options));
        final Process process = start(name, all);
        assertEquals(0, process.waitFor(), () -> said());
    }

    private Process start(final String name, final List<String> options) throws IOException {
        final List<String> command = new ArrayList<>(List.of("bin/" + name, "--out", directory.toString()));
        command.addAll(options);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("said").toFile())
            .start();
    }

    private String said() {
        try {
            return Files.readString(directory.resolve("said"));
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
