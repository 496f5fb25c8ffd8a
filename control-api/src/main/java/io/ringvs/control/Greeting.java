package io.ringvs.control;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Finds out by the first two bytes which protocol a client of the control socket speaks: a request of HTTP begins with
 * the capital letters of its method, while the second byte of a {@link ControlFrame} is the highest one of its length,
 * which is always 0.
 *
 * <p><b>Threading:</b> control thread.
 */
final class Greeting {
    private static final int LENGTH = 2;
    private static final int ROOM = 4096;

    private final SocketChannel channel;
    private final Commands commands;
    private final HttpProtocol http;
    private final ByteBuffer received = ByteBuffer.allocate(ROOM);

    Greeting(final SocketChannel channel, final Commands commands, final HttpProtocol http) {
        this.channel = channel;
        this.commands = commands;
        this.http = http;
    }

    /** The client that speaks what was said, or null as long as too little was. */
    SocketClient read() throws IOException {
        if (channel.read(received) < 0) {
            throw new EOFException("the client went away");
        }
        if (received.position() < LENGTH) {
            return null;
        }
        return isCapital(received.get(0)) && isCapital(received.get(1))
            ? http.begin(channel, received.flip()) : new ControlClient(channel, commands, received);
    }

    private static boolean isCapital(final byte letter) {
        return letter >= 'A' && letter <= 'Z';
    }
}
