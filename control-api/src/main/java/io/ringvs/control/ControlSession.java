package io.ringvs.control;

/**
 * One run of a command, from its words to its exit status.
 *
 * <p>It never waits. {@link #advance} does what can be done and says what is missing: input, names, or that the output
 * so far be taken away. Several sessions can so share one thread.
 *
 * <p><b>Threading:</b> control thread.
 */
public interface ControlSession extends AutoCloseable {
    /** What a session is waiting for. */
    enum Step {
        /** {@link #input}: all of standard input. */
        INPUT,
        /** Names that {@link io.ringvs.control.adm.HostNames} could not tell yet. */
        NAMES,
        /** The output so far to be taken away; there is more. */
        OUTPUT,
        /** Nothing: {@link #status} is there. */
        DONE
    }

    /** Goes on as far as possible. */
    Step advance();

    /** All of standard input, once {@link Step#INPUT} was asked for. */
    default void input(final String text) {
        throw new IllegalStateException("no input was asked for");
    }

    /** Standard output; whoever takes it away empties it. */
    StringBuilder out();

    /** Standard error; whoever takes it away empties it. */
    StringBuilder err();

    /** The exit status, once the step is DONE. */
    int status();

    /** Whether rules or settings were changed, which are now to be put into effect. */
    default boolean changed() {
        return false;
    }

    @Override
    default void close() {
    }
}
