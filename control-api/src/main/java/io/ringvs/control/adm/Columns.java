package io.ringvs.control.adm;

/** Text in columns, and numbers as listings scale them. */
final class Columns {
    private static final int EXACT_WIDTH = 9;

    private Columns() {
    }

    /** Appends text and fills it up with blanks at the right; longer text is not cut. */
    static StringBuilder left(final StringBuilder out, final String text, final int width) {
        out.append(text);
        for (int i = text.length(); i < width; i++) {
            out.append(' ');
        }
        return out;
    }

    /** Appends text after the blanks that fill it up. */
    static StringBuilder right(final StringBuilder out, final String text, final int width) {
        for (int i = text.length(); i < width; i++) {
            out.append(' ');
        }
        return out.append(text);
    }

    /** Appends an unsigned counter in nine columns, cut to thousands, millions and so on when it is large. */
    static void counter(final StringBuilder out, final long value, final boolean exact) {
        if (exact) {
            final String digits = Long.toUnsignedString(value);
            right(out, digits, Math.max(EXACT_WIDTH, digits.length() + 1));
        } else if (below(value, 100_000_000L)) {
            right(out, Long.toString(value), 9);
        } else if (below(value, 1_000_000_000L)) {
            scaled(out, value, 1_000L, 'K');
        } else if (below(value, 100_000_000_000L)) {
            scaled(out, value, 1_000_000L, 'M');
        } else if (below(value, 100_000_000_000_000L)) {
            scaled(out, value, 1_000_000_000L, 'G');
        } else {
            scaled(out, value, 1_000_000_000_000L, 'T');
        }
    }

    private static boolean below(final long value, final long limit) {
        return Long.compareUnsigned(value, limit) < 0;
    }

    private static void scaled(final StringBuilder out, final long value, final long unit, final char letter) {
        right(out, Long.toUnsignedString(Long.divideUnsigned(value, unit)), 8).append(letter);
    }
}
