package io.ringvs.director.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus's text format as strictly as promtool's check does, and fails on the first line that is not right.
 *
 * <p><b>Source:</b> the text-based format of Prometheus's exposition formats, version 0.0.4.
 */
final class Exposition {
    private static final Pattern SAMPLE =
        Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? ([0-9.eE+-]+|NaN|\\+Inf|-Inf)");
    private static final Pattern LABEL = Pattern.compile(
        "([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*)\",?");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram");

    /** Type by name of the metric. */
    final Map<String, String> types = new LinkedHashMap<>();
    /** Value by name and labels, as written. */
    final Map<String, Double> samples = new LinkedHashMap<>();
    private final Set<String> helped = new HashSet<>();
    private String current;

    Exposition(final String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line has no end");
        }
        text.lines().forEach(this::read);
        checkHistograms();
    }

    /** Names of the samples, without labels. */
    Set<String> sampleNames() {
        final Set<String> names = new HashSet<>();
        samples.keySet().forEach(sample -> names.add(sample.replaceFirst("\\{.*", "")));
        return names;
    }

    private void read(final String line) {
        final String[] words = line.split(" ", 4);
        if (line.startsWith("# HELP ")) {
            require(helped.add(words[2]), line, "a second HELP");
        } else if (line.startsWith("# TYPE ")) {
            require(TYPES.contains(words[3]), line, "an unknown type");
            require(types.put(words[2], words[3]) == null, line, "a second TYPE");
            require(helped.contains(words[2]), line, "no HELP");
            require(words[3].equals("counter") == words[2].endsWith("_total"), line, "_total is for counters");
            current = words[2];
        } else {
            sample(line);
        }
    }

    private void sample(final String line) {
        final Matcher matcher = SAMPLE.matcher(line);
        require(matcher.matches(), line, "no sample");
        final String base = "histogram".equals(types.get(current))
            ? matcher.group(1).replaceFirst("_(bucket|sum|count)$", "") : matcher.group(1);
        require(base.equals(current), line, "not under its own TYPE");
        if (matcher.group(3) != null) {
            final Matcher label = LABEL.matcher(matcher.group(3));
            final Set<String> names = new HashSet<>();
            int end = 0;
            while (label.find() && label.start() == end) {
                require(names.add(label.group(1)), line, "a label twice");
                end = label.end();
            }
            require(end == matcher.group(3).length(), line, "bad labels");
        }
        final double value = Double.parseDouble(matcher.group(4).replace("Inf", "Infinity"));
        require(value >= 0, line, "negative");
        require(samples.put(line.substring(0, line.lastIndexOf(' ')), value) == null, line, "a sample twice");
    }

    private void checkHistograms() {
        final Map<String, Double> last = new HashMap<>();
        samples.forEach((sample, value) -> {
            if (sample.contains("_bucket{")) {
                final String series = sample.replaceFirst(",?le=\"[^\"]*\"", "").replace("_bucket", "");
                require(value >= last.getOrDefault(series, 0.0), sample, "fewer than in the bucket before");
                last.put(series, value);
            }
        });
        last.forEach((series, value) -> require(
            value.equals(samples.get(series.replaceFirst("\\{", "_count{"))), series, "last bucket is not the count"));
    }

    private static void require(final boolean condition, final String line, final String problem) {
        if (!condition) {
            throw new AssertionError(problem + ": " + line);
        }
    }
}
