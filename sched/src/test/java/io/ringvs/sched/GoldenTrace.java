package io.ringvs.sched;

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
 * A record of what a stock Linux 6.1 director did: its rules as {@code ipvsadm -S} prints them, then step by step the
 * frames put in and got out, and the ipvsadm commands run meanwhile.
 *
 * @param rules commands that made the rules
 * @param steps what happened, in order
 */
record GoldenTrace(List<String> rules, List<Step> steps) {
    private static final Pattern FRAME = Pattern.compile("\"if\": \"(\\w+)\", \"frame\": \"([0-9a-f]+)\"");
    private static final Pattern COMMAND = Pattern.compile("\"cmd\": \"([^\"]*)\"");
    private static final Pattern OUTPUT = Pattern.compile("\"stdout\": \"([^\"]*)\"");

    /**
     * One step: exactly one of a frame in, a command, or time passing (all null).
     *
     * @param in      frame put in, or null
     * @param fromOutside whether it came in where the clients are
     * @param out     first frame that came out, or null
     * @param command ipvsadm command, or null
     * @param output  what the command printed
     */
    record Step(int number, byte[] in, boolean fromOutside, byte[] out, String command, String output) {
        boolean isPause() {
            return in == null && command == null;
        }
    }

    /** All records of the archive, by name. */
    static Map<String, GoldenTrace> all() {
        final Map<String, String> files = new TreeMap<>();
        try (InputStream resource = GoldenTrace.class.getResourceAsStream("/golden/scheduler-traces.zip");
            ZipInputStream archive = new ZipInputStream(resource)) {
            for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                files.put(entry.getName(), new String(archive.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final Map<String, GoldenTrace> traces = new TreeMap<>();
        files.forEach((file, text) -> {
            final String name = file.substring(0, file.indexOf('/'));
            if (file.endsWith("trace.jsonl")) {
                traces.put(name, new GoldenTrace(lines(files.get(name + "/rules.ipvs")), steps(text)));
            }
        });
        return traces;
    }

    private static List<String> lines(final String text) {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    private static List<Step> steps(final String text) {
        final List<Step> steps = new ArrayList<>();
        for (final String line : lines(text)) {
            final Matcher command = COMMAND.matcher(line);
            if (command.find()) {
                final Matcher output = OUTPUT.matcher(line);
                steps.add(new Step(
                    steps.size(), null, false, null, command.group(1), output.find() ? output.group(1) : ""));
                continue;
            }
            final Matcher frame = FRAME.matcher(line);
            final byte[] in = frame.find() ? HexFormat.of().parseHex(frame.group(2)) : null;
            final boolean fromOutside = in != null && frame.group(1).equals("eth0");
            final byte[] out = in != null && frame.find() ? HexFormat.of().parseHex(frame.group(2)) : null;
            steps.add(new Step(steps.size(), in, fromOutside, out, null, null));
        }
        return steps;
    }
}
