package io.ringvs.control;

/** Text in columns. */
public final class Columns {
    private Columns() {
    }

    /** Appends text and fills it up with blanks at the right; longer text is not cut. */
    public static StringBuilder left(final StringBuilder out, final String text, final int width) {
        out.append(text);
        for (int i = text.length(); i < width; i++) {
            out.append(' ');
        }
        return out;
    }

    /** Appends text after the blanks that fill it up. */
    public static StringBuilder right(final StringBuilder out, final String text, final int width) {
        for (int i = text.length(); i < width; i++) {
            out.append(' ');
        }
        return out.append(text);
    }
}
