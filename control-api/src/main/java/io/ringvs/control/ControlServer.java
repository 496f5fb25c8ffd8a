package io.ringvs.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the control socket, and other sockets beside it: runs the requests of any number of clients, puts what they
 * changed into effect, and only then tells them that they are done.
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
    /** Clients of the control socket at once. */
    private static final int MAX_CLIENTS = 256;
    /** How often to ask whether a change is in effect, in milliseconds. */
    private static final long EFFECT_POLL_MS = 1;
    /** How often to look for clients that keep the director waiting. */
    private static final long OVERDUE_POLL_NS = TimeUnit.SECONDS.toNanos(1);

    private final ControlSocket socket;
    private final Selector selector;
    private final RulePublisher publisher;
    private final List<ServerSocketChannel> others = new ArrayList<>();
    private final List<Conversation> changing = new ArrayList<>();
    private final List<PendingChange> pending = new ArrayList<>();
    private boolean unpublished;
    private long overduePollNs = System.nanoTime();

    private ControlServer(final ControlSocket socket, final Selector selector, final RulePublisher publisher) {
        this.socket = socket;
        this.selector = selector;
        this.publisher = publisher;
    }

    /**
     * Opens the control socket.
     *
     * @param group whose members may use the socket besides root and this process's user, or null
     * @param http  for clients of the control socket that speak HTTP
     * @throws IOException when another daemon serves it, or it cannot be made there
     */
    public static ControlServer open(
        final Path path, final String group, final Commands commands, final HttpProtocol http,
        final RulePublisher publisher) throws IOException {
        final ControlServer server = new ControlServer(ControlSocket.open(path, group), Selector.open(), publisher);
        final Peers peers = server.socket.peers();
        new Listener(server.socket.channel(), server.selector, MAX_CLIENTS, channel -> {
            final Greeting greeting = new Greeting(channel, commands, http);
            return () -> {
                if (!peers.admit(channel)) {
                    throw new IOException("the client may not use the control socket");
                }
                return greeting.read();
            };
        });
        return server;
    }

    /**
     * Serves another socket, on which nothing but HTTP is spoken, until the server is closed.
     *
     * @param channel    bound, and from now on the server's
     * @param maxClients clients at once; more of them wait
     */
    public void listen(final ServerSocketChannel channel, final int maxClients, final HttpProtocol http)
        throws IOException {
        others.add(channel);
        channel.configureBlocking(false);
        new Listener(channel, selector, maxClients, client -> () -> http.begin(client, ByteBuffer.allocate(0)));
    }

    /**
     * Serves whatever is there, after waiting at most {@code timeoutMs} milliseconds for it; 0 does not wait.
     *
     * @return whether there was anything
     */
    public boolean poll(final long timeoutMs) throws IOException {
        final long patienceMs = pending.isEmpty() ? timeoutMs : Math.min(timeoutMs, EFFECT_POLL_MS);
        final long waitMs = changing.isEmpty() ? patienceMs : 0;
        final int ready = waitMs > 0 ? selector.select(waitMs) : selector.selectNow();
        for (final Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext();) {
            final SelectionKey key = keys.next();
            keys.remove();
            if (key.attachment() instanceof Listener listener) {
                listener.accept();
            } else if (key.isValid()) {
                go((Conversation) key.attachment(), Conversation::serve);
            }
        }
        publishChanges();
        finishChanges();
        hangUpOverdue();
        return ready > 0;
    }

    /** Lets a waiting {@link #poll} return; any thread. */
    public void wakeup() {
        selector.wakeup();
    }

    /** Hangs up and removes the socket. */
    @Override
    public void close() throws IOException {
        conversations().forEach(Conversation::hangUp);
        for (final ServerSocketChannel other : others) {
            other.close();
        }
        selector.close();
        socket.close();
    }

    /** Has a conversation go on by one step; a client's trouble ends here. */
    private void go(final Conversation conversation, final Step step) {
        try {
            step.apply(conversation);
            if (conversation.hasNewChange()) {
                unpublished = true;
                changing.add(conversation);
            }
            conversation.settle();
        } catch (final IOException e) {
            LOGGER.debug("A control client is gone", e);
            leave(conversation);
        } catch (final RuntimeException e) {
            LOGGER.error("Serving a control client failed inside the daemon", e);
            leave(conversation);
        }
    }

    private void leave(final Conversation conversation) {
        unpublished |= conversation.leavesChange();
        conversation.hangUp();
    }

    private void publishChanges() {
        if (!unpublished) {
            return;
        }
        final List<Conversation> waiting = List.copyOf(changing);
        changing.clear();
        unpublished = false;
        try {
            pending.add(new PendingChange(publisher.publish(), waiting));
        } catch (final RuntimeException e) {
            LOGGER.error("The rules were changed, but could not be put into effect", e);
            unpublished = true;
            waiting.forEach(each ->
                answer(each, "the rules were changed, but could not be put into effect: " + e.getMessage()));
        }
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

    private void answer(final Conversation conversation, final String problem) {
        if (conversation.isOpen()) {
            go(conversation, each -> each.answer(problem));
        }
    }

    private void hangUpOverdue() {
        final long nowNs = System.nanoTime();
        if (nowNs - overduePollNs >= OVERDUE_POLL_NS) {
            overduePollNs = nowNs;
            conversations().filter(Conversation::isOverdue).toList().forEach(Conversation::hangUp);
        }
    }

    private Stream<Conversation> conversations() {
        return selector.keys().stream().filter(SelectionKey::isValid).map(SelectionKey::attachment)
            .filter(Conversation.class::isInstance).map(Conversation.class::cast);
    }

    private interface Step {
        void apply(Conversation conversation) throws IOException;
    }

    private record PendingChange(RulePublisher.Publication publication, List<Conversation> clients) {
    }
}
