package io.ringvs.control.adm;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/** The input of {@code -R}, line by line and word by word. */
final class RestoreLines {
    private final String[] lines;
    private int next;

    RestoreLines(final String text) {
        lines = text.split("\n", -1);
    }

    /** The words of the next line that has any, or null at the end. */
    List<String> next() {
        while (next < lines.length) {
            final List<String> words = new ArrayList<>();
            final StringTokenizer tokens = new StringTokenizer(lines[next++], " \t\r");
            while (tokens.hasMoreTokens()) {
                final String word = tokens.nextToken();
                if (!word.equals("ipvsadm")) {
                    words.add(word);
                }
            }
            if (!words.isEmpty()) {
                return words;
            }
        }
        return null;
    }

    /** The number, from 1, of the line that {@link #next} returned last. */
    int lineNumber() {
        return next;
    }

    void rewind() {
        next = 0;
    }
}
