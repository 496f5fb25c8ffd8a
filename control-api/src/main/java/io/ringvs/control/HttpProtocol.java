package io.ringvs.control;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Speaks HTTP on a connection.
 *
 * <p><b>Threading:</b> control thread.
 */
@FunctionalInterface
public interface HttpProtocol {
    /**
     * Begins.
     *
     * @param received what the client has said so far, ready to be read
     */
    SocketClient begin(SocketChannel channel, ByteBuffer received);
}
