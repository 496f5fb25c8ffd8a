package io.ringvs.control;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;

/**
 * A client as the {@link ControlServer} keeps it: first only its connection, later what it speaks.
 *
 * <p><b>Threading:</b> control thread.
 */
final class Conversation {
    /** How long a client may stay silent at first. */
    private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

    private final Listener listener;
    private final SelectionKey key;
    private final Listener.Opening opening;
    private SocketClient client;
    private final long openedNs = System.nanoTime();
    /** Whether its change is on its way to the workers. */
    private boolean waiting;
    /** Whether a change of its was ever told of. */
    private boolean announced;

    Conversation(final Listener listener, final SelectionKey key, final Listener.Opening opening) {
        this.listener = listener;
        this.key = key;
        this.opening = opening;
    }

    /** Serves what the selector says is possible. */
    void serve() throws IOException {
        if (client == null) {
            client = opening.read();
            if (client != null) {
                client.readable();
            }
            return;
        }
        if (key.isReadable()) {
            client.readable();
        }
        if (key.isWritable()) {
            client.writable();
        }
    }

    /**
     * Answers requests that changed nothing.
     *
     * @return whether a request has changed something and is now to wait until that is in effect
     */
    boolean hasNewChange() throws IOException {
        while (client != null && client.isDone() && !waiting) {
            if (client.changedRules()) {
                waiting = true;
                announced = true;
                return true;
            }
            client.finish();
        }
        return false;
    }

    /** Ends the wait for a change; with its own answer, or with a problem. */
    void answer(final String problem) throws IOException {
        waiting = false;
        if (problem == null) {
            client.finish();
        } else {
            client.finishWith(problem);
        }
    }

    /** Whether it was broken off with something changed that nobody has put into effect. */
    boolean leavesChange() {
        return client != null && client.changedRules() && !announced;
    }

    /** Hangs up if all was said, else tells the selector what to wait for. */
    void settle() {
        if (client != null && client.isFinished()) {
            hangUp();
        } else if (client != null) {
            key.interestOps(client.interest());
        }
    }

    boolean isOpen() {
        return key.isValid();
    }

    boolean isOverdue() {
        return client == null ? System.nanoTime() - openedNs > SILENCE_LIMIT_NS : !waiting && client.isOverdue();
    }

    void hangUp() {
        if (!key.isValid()) {
            return;
        }
        key.cancel();
        if (client != null) {
            client.close();
        }
        try {
            key.channel().close();
        } catch (final IOException e) {
            // nothing is left to be said on it
        }
        listener.left();
    }
}
