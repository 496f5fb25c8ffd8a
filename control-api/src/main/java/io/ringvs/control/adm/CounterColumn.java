package io.ringvs.control.adm;

import static io.ringvs.control.Columns.right;

/** A counter in a column, as listings scale it. */
final class CounterColumn {
    private static final int EXACT_WIDTH = 9;

    private CounterColumn() {
    }

    /** Appends an unsigned counter in nine columns, cut to thousands, millions and so on when it is large. */
    static void append(final StringBuilder out, final long value, final boolean exact) {
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
