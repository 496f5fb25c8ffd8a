package io.ringvs.control;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * A listening socket of the {@link ControlServer}, and the protocol of those who connect to it.
 *
 * <p>While it has as many clients as it takes, more of them wait in the socket's backlog.
 *
 * <p><b>Threading:</b> control thread.
 */
final class Listener {
    private final ServerSocketChannel channel;
    private final SelectionKey key;
    private final int maxClients;
    private final Protocol protocol;
    private int clients;

    /** @param channel not blocking */
    Listener(final ServerSocketChannel channel, final Selector selector, final int maxClients, final Protocol protocol)
        throws IOException {
        this.channel = channel;
        this.maxClients = maxClients;
        this.protocol = protocol;
        this.key = channel.register(selector, SelectionKey.OP_ACCEPT, this);
    }

    /** Takes the next client. */
    void accept() throws IOException {
        final SocketChannel accepted = channel.accept();
        if (accepted != null) {
            accepted.configureBlocking(false);
            final SelectionKey itsKey = accepted.register(key.selector(), SelectionKey.OP_READ);
            itsKey.attach(new Conversation(this, itsKey, protocol.greet(accepted)));
            key.interestOps(++clients < maxClients ? SelectionKey.OP_ACCEPT : 0);
        }
    }

    /** One of its clients is gone. */
    void left() {
        clients--;
        key.interestOps(SelectionKey.OP_ACCEPT);
    }

    /** Begins with what a new client says. */
    @FunctionalInterface
    interface Protocol {
        Opening greet(SocketChannel channel);
    }

    /** Tells, once it can, who a client is. */
    @FunctionalInterface
    interface Opening {
        /** The client, or null as long as it is not known. */
        SocketClient read() throws IOException;
    }
}
