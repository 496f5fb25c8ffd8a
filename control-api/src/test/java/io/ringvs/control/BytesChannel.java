package io.ringvs.control;

import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** A connection without a socket, by which a client says something in pieces, and takes every answer at once. */
final class BytesChannel extends SocketChannel {
    private final ByteBuffer said;
    private final int piece;
    private final ByteArrayOutputStream answered = new ByteArrayOutputStream();
    private int arrived;

    /** @param piece bytes that {@link #next} lets arrive */
    BytesChannel(final byte[] said, final int piece) {
        super(null);
        this.said = ByteBuffer.wrap(said);
        this.piece = piece;
    }

    boolean hasMore() {
        return said.hasRemaining();
    }

    /** Lets the next piece arrive. */
    void next() {
        arrived = Math.min(piece, said.remaining());
    }

    byte[] answered() {
        return answered.toByteArray();
    }

    @Override
    public int read(final ByteBuffer target) {
        final int count = Math.min(arrived, target.remaining());
        target.put(said.slice(said.position(), count));
        said.position(said.position() + count);
        arrived -= count;
        return count;
    }

    @Override
    public int write(final ByteBuffer source) {
        final int count = source.remaining();
        while (source.hasRemaining()) {
            answered.write(source.get());
        }
        return count;
    }

    @Override
    public long read(final ByteBuffer[] targets, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(final ByteBuffer[] sources, final int offset, final int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketChannel bind(final SocketAddress local) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> SocketChannel setOption(final SocketOption<T> name, final T value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T getOption(final SocketOption<T> name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(final SocketAddress remote) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return null;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return null;
    }

    @Override
    protected void implCloseSelectableChannel() {
    }

    @Override
    protected void implConfigureBlocking(final boolean block) {
    }
}
