package io.ringvs.control;

/**
 * One run of a command, from its words to its exit status.
 *
 * <p>It never waits. {@link #advance} does what can be done and says what is missing: input, names, or that the output
 * so far be taken away. Several sessions can so share one thread.
 *
 * <p><b>Threading:</b> control thread.
 */
public abstract class ControlSession implements AutoCloseable {
    /** What a session is waiting for. */
    public enum Step {
        /** {@link #input}: all of standard input. */
        INPUT,
        /** Names that {@link io.ringvs.control.adm.HostNames} could not tell yet. */
        NAMES,
        /** The output so far to be taken away; there is more. */
        OUTPUT,
        /** Nothing: {@link #status} is there. */
        DONE
    }

    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private int status;
    private boolean changed;

    /** Goes on as far as possible. */
    public abstract Step advance();

    /** All of standard input, once {@link Step#INPUT} was asked for. */
    public void input(final String text) {
        throw new IllegalStateException("no input was asked for");
    }

    /** Standard output; whoever takes it away empties it. */
    public final StringBuilder out() {
        return out;
    }

    /** Standard error; whoever takes it away empties it. */
    public final StringBuilder err() {
        return err;
    }

    /** The exit status, once the step is DONE. */
    public final int status() {
        return status;
    }

    /** Whether rules or settings were changed, which are now to be put into effect. */
    public boolean changed() {
        return changed;
    }

    /** Sets the exit status, which is 0 until then. */
    protected final void exitWith(final int exitStatus) {
        status = exitStatus;
    }

    /** Says that rules or settings were changed. */
    protected final void markChanged() {
        changed = true;
    }

    @Override
    public void close() {
    }
}
