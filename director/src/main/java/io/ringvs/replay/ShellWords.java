package io.ringvs.replay;

import java.util.ArrayList;
import java.util.List;

/** Splits a command line into words as sh does, with its quotes and backslashes and without its expansions. */
final class ShellWords {
    private final String line;
    private final List<String> words = new ArrayList<>();
    private StringBuilder word;
    private int position;

    private ShellWords(final String line) {
        this.line = line;
    }

    /** @throws IllegalArgumentException if a quote is not closed */
    static List<String> split(final String line) {
        return new ShellWords(line).split();
    }

    private List<String> split() {
        while (position < line.length()) {
            final char character = line.charAt(position++);
            if (character == ' ' || character == '\t' || character == '\n') {
                endWord();
            } else if (character == '\'' || character == '"') {
                quoted(character);
            } else {
                append(character == '\\' && position < line.length() ? line.charAt(position++) : character);
            }
        }
        endWord();
        return words;
    }

    private void quoted(final char quote) {
        beginWord();
        while (position < line.length() && line.charAt(position) != quote) {
            final char character = line.charAt(position++);
            final boolean escapes = quote == '"' && character == '\\' && position < line.length()
                && "\\\"$`".indexOf(line.charAt(position)) >= 0;
            append(escapes ? line.charAt(position++) : character);
        }
        if (position++ >= line.length()) {
            throw new IllegalArgumentException("a quote is not closed: " + line);
        }
    }

    private void beginWord() {
        if (word == null) {
            word = new StringBuilder();
        }
    }

    private void append(final char character) {
        beginWord();
        word.append(character);
    }

    private void endWord() {
        if (word != null) {
            words.add(word.toString());
            word = null;
        }
    }
}
