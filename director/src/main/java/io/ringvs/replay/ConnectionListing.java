package io.ringvs.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The output of {@code ipvsadm -Lnc} as a set of lines: their order is that of a hash table. The time to expiry is left
 * out, since it depends on how long the recording command took.
 */
final class ConnectionListing {
    private static final Pattern EXPIRY = Pattern.compile("^(\\S+)\\s+\\d+:\\d+\\s+");

    private ConnectionListing() {
    }

    /** What is in one listing and not in the other, or null if they are the same. */
    static String difference(final String recorded, final String got) {
        final TreeSet<String> missing = lines(recorded);
        final TreeSet<String> surplus = lines(got);
        final List<String> common = new ArrayList<>(missing);
        common.retainAll(surplus);
        missing.removeAll(common);
        surplus.removeAll(common);
        if (missing.isEmpty() && surplus.isEmpty()) {
            return null;
        }
        return "recorded " + (missing.isEmpty() ? "nothing more" : "'" + missing.first() + "'") + ", got "
            + (surplus.isEmpty() ? "nothing more" : "'" + surplus.first() + "'") + " (" + missing.size()
            + " lines only recorded, " + surplus.size() + " only got)";
    }

    private static TreeSet<String> lines(final String listing) {
        final TreeSet<String> lines = new TreeSet<>();
        listing.lines().forEach(line -> {
            final Matcher expiry = EXPIRY.matcher(line);
            lines.add(expiry.find() ? expiry.group(1) + " " + line.substring(expiry.end()) : line);
        });
        return lines;
    }
}
