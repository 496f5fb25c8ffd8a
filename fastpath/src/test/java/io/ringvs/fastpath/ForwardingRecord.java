package io.ringvs.fastpath;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A record of what a stock Linux 6.1 director did: its rules as ipvsadm restores them, the MTU of the interface that
 * the servers are behind, then step by step the frame put in and the frames that came out, or the command that was run.
 */
record ForwardingRecord(List<String> rules, int serversMtu, boolean pmtuDiscovery, List<Step> steps) {
    private static final Pattern FRAME = Pattern.compile("\"if\": \"(\\w+)\", \"frame\": \"([0-9a-f]+)\"");
    private static final Pattern COMMAND = Pattern.compile("\"cmd\": \"ipvsadm ([^\"]*)\"");
    private static final Pattern TIME = Pattern.compile("\"t_ms\": (\\d+)");
    private static final Pattern MTU =
        Pattern.compile("\"name\": \"eth1\",\\s+\"mac\": \"[^\"]+\",\\s+\"mtu\": (\\d+)");

    /** A frame, and whether it is on the interface that the clients are behind. */
    record Frame(boolean clients, byte[] bytes) {
    }

    /** One step: a frame in, or a command. */
    record Step(int number, int milliseconds, Frame in, List<Frame> out, String command) {
    }

    /** All records of the archive, by name. */
    static Map<String, ForwardingRecord> all() {
        final Map<String, String> files = new TreeMap<>();
        try (InputStream resource = ForwardingRecord.class.getResourceAsStream("/golden/forwarding-traces.zip");
            ZipInputStream archive = new ZipInputStream(resource)) {
            for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                files.put(entry.getName(), new String(archive.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final Map<String, ForwardingRecord> records = new TreeMap<>();
        files.forEach((file, text) -> {
            final String name = file.substring(0, file.indexOf('/'));
            if (file.endsWith("trace.jsonl")) {
                final String topology = files.get(name + "/topology.json");
                final Matcher mtu = MTU.matcher(topology);
                if (!mtu.find()) {
                    throw new IllegalArgumentException(name + " has no interface eth1");
                }
                records.put(name, new ForwardingRecord(lines(files.get(name + "/rules.ipvs")),
                    Integer.parseInt(mtu.group(1)), !topology.contains("\"net.ipv4.vs.pmtu_disc\": 0"), steps(text)));
            }
        });
        return records;
    }

    private static List<String> lines(final String text) {
        return text.lines().filter((line) -> !line.isBlank()).toList();
    }

    private static List<Step> steps(final String text) {
        final List<Step> steps = new ArrayList<>();
        for (final String line : lines(text)) {
            final Matcher time = TIME.matcher(line);
            final int milliseconds = time.find() ? Integer.parseInt(time.group(1)) : 0;
            final Matcher command = COMMAND.matcher(line);
            if (command.find()) {
                steps.add(new Step(steps.size(), milliseconds, null, List.of(), command.group(1)));
                continue;
            }
            final List<Frame> frames = new ArrayList<>();
            final Matcher frame = FRAME.matcher(line);
            while (frame.find()) {
                frames.add(new Frame(frame.group(1).equals("eth0"), HexFormat.of().parseHex(frame.group(2))));
            }
            steps.add(new Step(
                steps.size(), milliseconds, frames.get(0), List.copyOf(frames.subList(1, frames.size())), null));
        }
        return steps;
    }
}
