package io.ringvs.replay;

import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The output of {@code ipvsadm -Lnc} as a set of lines, since their order is that of a hash table. The times to expiry
 * may differ by as much as the recording commands took.
 */
final class ConnectionListing {
    private static final Pattern EXPIRY = Pattern.compile("^(\\S+)\\s+(\\d+):(\\d+)\\s+");
    /** Of a line that tells no time. */
    private static final int NO_TIME = -1;

    private ConnectionListing() {
    }

    /**
     * What is in one listing and not in the other, or null if they are the same.
     *
     * @param toleranceSeconds by which times to expiry may differ
     */
    static String difference(final String recorded, final String got, final int toleranceSeconds) {
        final Map<String, Integer> expected = lines(recorded);
        final Map<String, Integer> actual = lines(got);
        final TreeSet<String> missing = new TreeSet<>(expected.keySet());
        missing.removeAll(actual.keySet());
        final TreeSet<String> surplus = new TreeSet<>(actual.keySet());
        surplus.removeAll(expected.keySet());
        return missing.isEmpty() && surplus.isEmpty()
            ? timeDifference(expected, actual, toleranceSeconds)
            : "recorded " + first(missing) + ", got " + first(surplus) + " (" + missing.size()
                + " lines only recorded, " + surplus.size() + " only got)";
    }

    private static String timeDifference(
        final Map<String, Integer> recorded, final Map<String, Integer> got, final int toleranceSeconds) {
        for (final Map.Entry<String, Integer> line : recorded.entrySet()) {
            final int seconds = got.get(line.getKey());
            if (Math.abs(seconds - line.getValue()) > toleranceSeconds) {
                return "expiry of '" + line.getKey() + "': recorded in " + line.getValue() + " s, got in " + seconds
                    + " s";
            }
        }
        return null;
    }

    private static String first(final TreeSet<String> lines) {
        return lines.isEmpty() ? "nothing more" : "'" + lines.first() + "'";
    }

    /** Seconds to expiry by the rest of the line. */
    private static Map<String, Integer> lines(final String listing) {
        final Map<String, Integer> lines = new TreeMap<>();
        listing.lines().forEach(line -> {
            final Matcher expiry = EXPIRY.matcher(line);
            if (expiry.find()) {
                lines.put(expiry.group(1) + " " + line.substring(expiry.end()),
                    Integer.parseInt(expiry.group(2)) * 60 + Integer.parseInt(expiry.group(3)));
            } else {
                lines.put(line, NO_TIME);
            }
        });
        return lines;
    }
}
