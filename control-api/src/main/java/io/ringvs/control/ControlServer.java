package io.ringvs.control;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the control socket: runs the commands of any number of clients, puts what they changed into effect, and only
 * then tells them that they are done.
 *
 * <p>Changes that arrive together are published together. While a change is on its way to the workers, other clients
 * are served.
 *
 * <p><b>Threading:</b> one control thread calls everything but {@link #wakeup}.
 *
 * <p><b>Errors:</b> opening fails with a sentence for the operator; a client's trouble ends that client only.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlServer.class);
    /** Clients at once; more of them wait in the socket's backlog. */
    private static final int MAX_CLIENTS = 256;
    /** How often to ask whether a change is in effect, in milliseconds. */
    private static final long EFFECT_POLL_MS = 1;

    private final ControlSocket socket;
    private final Selector selector;
    private final SelectionKey accepting;
    private final Commands commands;
    private final RulePublisher publisher;
    private final List<ControlClient> changing = new ArrayList<>();
    private final List<PendingChange> pending = new ArrayList<>();
    private boolean unpublished;

    private ControlServer(
        final ControlSocket socket, final Selector selector, final Commands commands,
        final RulePublisher publisher) throws IOException {
        this.socket = socket;
        this.selector = selector;
        this.accepting = socket.channel().register(selector, SelectionKey.OP_ACCEPT);
        this.commands = commands;
        this.publisher = publisher;
    }

    /**
     * Opens the socket.
     *
     * @throws IOException when another daemon serves it, or it cannot be made there
     */
    public static ControlServer open(
        final Path path, final Commands commands, final RulePublisher publisher) throws IOException {
        final ControlSocket socket = ControlSocket.open(path);
        return new ControlServer(socket, Selector.open(), commands, publisher);
    }

    /**
     * Serves whatever is there, after waiting at most {@code timeoutMs} milliseconds for it; 0 does not wait.
     *
     * @return whether there was anything
     */
    public boolean poll(final long timeoutMs) throws IOException {
        final long waitMs = pending.isEmpty() ? timeoutMs : Math.min(timeoutMs, EFFECT_POLL_MS);
        final int ready = waitMs > 0 ? selector.select(waitMs) : selector.selectNow();
        for (final Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext();) {
            final SelectionKey key = keys.next();
            keys.remove();
            if (key == accepting) {
                accept();
            } else {
                serve(key);
            }
        }
        publishChanges();
        finishChanges();
        return ready > 0;
    }

    /** Lets a waiting {@link #poll} return; any thread. */
    public void wakeup() {
        selector.wakeup();
    }

    /** Hangs up and removes the socket. */
    @Override
    public void close() throws IOException {
        for (final SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof ControlClient client) {
                client.close();
            }
        }
        selector.close();
        socket.close();
    }

    private void accept() throws IOException {
        final SocketChannel channel = socket.channel().accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, new ControlClient(channel, commands));
        }
        if (selector.keys().size() > MAX_CLIENTS) {
            accepting.interestOps(0);
        }
    }

    private void serve(final SelectionKey key) {
        final ControlClient client = (ControlClient) key.attachment();
        try {
            final boolean wasDone = client.isDone();
            if (key.isReadable()) {
                client.readable();
            }
            if (key.isWritable()) {
                client.writable();
            }
            if (client.isDone() && !wasDone) {
                if (client.changedRules()) {
                    unpublished = true;
                    changing.add(client);
                } else {
                    client.finish();
                }
            }
            settle(key, client);
        } catch (final IOException e) {
            LOGGER.debug("A control client is gone", e);
            unpublished |= client.changedRules() && !client.isDone();
            hangUp(client);
        }
    }

    private void publishChanges() {
        if (!unpublished) {
            return;
        }
        try {
            pending.add(new PendingChange(publisher.publish(), List.copyOf(changing)));
            unpublished = false;
        } catch (final RuntimeException e) {
            LOGGER.error("The rules were changed, but could not be put into effect", e);
            for (final ControlClient client : changing) {
                answer(client, "the rules were changed, but could not be put into effect: " + e.getMessage());
            }
        }
        changing.clear();
    }

    private void finishChanges() {
        for (final Iterator<PendingChange> each = pending.iterator(); each.hasNext();) {
            final PendingChange change = each.next();
            if (!change.publication.inEffect()) {
                return; // those behind it are newer
            }
            each.remove();
            change.clients.forEach(client -> answer(client, null));
        }
    }

    /** Ends a client that waited for its change; with its own status, or with a problem. */
    private void answer(final ControlClient client, final String problem) {
        final SelectionKey key = client.key(selector);
        if (key == null) {
            return; // it hung up meanwhile
        }
        try {
            if (problem == null) {
                client.finish();
            } else {
                client.finishWith(problem);
            }
            settle(key, client);
        } catch (final IOException e) {
            LOGGER.debug("A control client is gone", e);
            hangUp(client);
        }
    }

    private void settle(final SelectionKey key, final ControlClient client) {
        if (client.isFinished()) {
            hangUp(client);
        } else {
            key.interestOps(client.interest());
        }
    }

    private void hangUp(final ControlClient client) {
        client.close();
        accepting.interestOps(SelectionKey.OP_ACCEPT);
    }

    private record PendingChange(RulePublisher.Publication publication, List<ControlClient> clients) {
    }
}
