package io.ringvs.control;

/**
 * A command that is one text and a status.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class TextSession extends ControlSession {
    private TextSession() {
    }

    /** A command that succeeded and shows a text. */
    public static TextSession show(final String text) {
        final TextSession session = new TextSession();
        session.out().append(text);
        return session;
    }

    /** A command that succeeded and changed something that is now to be put into effect. */
    public static TextSession changed(final String text) {
        final TextSession session = show(text);
        session.markChanged();
        return session;
    }

    /** A command that failed with one sentence. */
    public static TextSession fail(final int status, final String sentence) {
        final TextSession session = new TextSession();
        session.err().append(sentence).append('\n');
        session.exitWith(status);
        return session;
    }

    @Override
    public Step advance() {
        return Step.DONE;
    }
}
