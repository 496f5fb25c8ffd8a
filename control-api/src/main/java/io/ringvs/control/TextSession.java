package io.ringvs.control;

/**
 * A command that is one text and a status.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class TextSession implements ControlSession {
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private final int status;
    private final boolean changed;

    private TextSession(final String out, final String err, final int status, final boolean changed) {
        this.out.append(out);
        this.err.append(err);
        this.status = status;
        this.changed = changed;
    }

    /** A command that succeeded and shows a text. */
    public static TextSession show(final String text) {
        return new TextSession(text, "", 0, false);
    }

    /** A command that succeeded and changed something that is now to be put into effect. */
    public static TextSession changed(final String text) {
        return new TextSession(text, "", 0, true);
    }

    /** A command that failed with one sentence. */
    public static TextSession fail(final int status, final String sentence) {
        return new TextSession("", sentence + "\n", status, false);
    }

    @Override
    public Step advance() {
        return Step.DONE;
    }

    @Override
    public StringBuilder out() {
        return out;
    }

    @Override
    public StringBuilder err() {
        return err;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public boolean changed() {
        return changed;
    }
}
