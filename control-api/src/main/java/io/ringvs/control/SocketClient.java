package io.ringvs.control;

import java.io.IOException;

/**
 * One connection to the {@link ControlServer} and what is said on it, in one of the protocols that are spoken there.
 *
 * <p><b>Threading:</b> control thread; nothing here waits.
 *
 * <p><b>Errors:</b> an IOException means that the connection is of no more use.
 */
public interface SocketClient {
    /** Reads what came and goes on. */
    void readable() throws IOException;

    /** Writes what waits, and goes on once it is written. */
    void writable() throws IOException;

    /** What the selector should tell next: bits of {@link java.nio.channels.SelectionKey}. */
    int interest();

    /** Whether a request was carried out and only its answer is left: {@link #finish} or {@link #finishWith}. */
    boolean isDone();

    /** Whether the request changed rules or settings (also one that was broken off). */
    boolean changedRules();

    /** Sends the answer: the request is in effect. */
    void finish() throws IOException;

    /** Answers with a sentence instead. */
    void finishWith(String problem) throws IOException;

    /** Whether everything was said and read: nothing is left but to hang up. */
    boolean isFinished();

    /** Whether the client has kept the director waiting for too long. */
    default boolean isOverdue() {
        return false;
    }

    void close();
}
