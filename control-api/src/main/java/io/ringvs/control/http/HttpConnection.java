package io.ringvs.control.http;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.ringvs.control.SocketClient;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that speaks HTTP/1.1, one request after another.
 *
 * <p>Netty's codec makes requests of bytes and bytes of responses, embedded: it has no threads and no sockets here. So
 * the same code serves Unix and TCP sockets from the control thread's selector. The next request is taken when the one
 * before is answered, and nothing is read meanwhile, so a client can make the director keep one body and one piece of
 * output.
 *
 * <p><b>Threading:</b> control thread; nothing here waits.
 */
final class HttpConnection implements SocketClient {
    private static final Logger LOGGER = LoggerFactory.getLogger(HttpConnection.class);
    private static final UnpooledByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);
    private static final int MAX_LINE = 8 << 10;
    private static final int MAX_HEADERS = 16 << 10;
    private static final int READ_BYTES = 64 << 10;
    /** How long a client may take for a request, and for each piece of an answer. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(60);

    private final SocketChannel channel;
    private final HttpApi api;
    private final LongSupplier clock;
    private final EmbeddedChannel codec;
    private final ByteBuffer inbound = ByteBuffer.allocate(READ_BYTES);
    /** What is being written, or null. */
    private ByteBuf outbound;
    /** The answer to a change that is not in effect yet, or null. */
    private Reply pending;
    /** The rest of the answer that is being given, or null. */
    private Reply.Pieces pieces;
    /** Of the request that is being answered. */
    private HttpMethod method;
    private HttpVersion version;
    /** Whether it was no HTTP, so that nothing behind it can be told apart. */
    private boolean broken;
    private long progressNs;

    /**
     * @param received what was said so far
     * @param token    null if the socket itself tells who may use it
     * @param clock    monotonic, in nanoseconds
     */
    HttpConnection(final SocketChannel channel, final ByteBuffer received, final HttpApi api, final BearerToken token,
        final LongSupplier clock) {
        this.channel = channel;
        this.api = api;
        this.clock = clock;
        this.progressNs = clock.getAsLong();
        codec = codec(token, api.room());
        decode(received);
    }

    /** Bytes in, {@link FullHttpRequest}s out; responses in, bytes out. */
    static EmbeddedChannel codec(final BearerToken token, final BodyRoom room) {
        final EmbeddedChannel codec = new EmbeddedChannel();
        codec.config().setAllocator(HEAP);
        codec.pipeline().addLast(
            new HttpServerCodec(MAX_LINE, MAX_HEADERS, READ_BYTES), new HttpServerKeepAliveHandler());
        if (token != null) {
            codec.pipeline().addLast(token);
        }
        codec.pipeline().addLast(new CountedBody(room), new BoundedBody());
        return codec;
    }

    @Override
    public void readable() throws IOException {
        goOn(); // with what the greeting was read with
        while (isListening()) {
            inbound.clear();
            final int count = channel.read(inbound);
            if (count < 0) {
                throw new EOFException("the client went away");
            }
            if (count == 0) {
                return;
            }
            decode(inbound.flip());
            goOn();
        }
    }

    @Override
    public void writable() throws IOException {
        goOn();
    }

    @Override
    public int interest() {
        return outbound != null || pieces != null ? SelectionKey.OP_WRITE : pending != null ? 0 : SelectionKey.OP_READ;
    }

    @Override
    public boolean isDone() {
        return pending != null;
    }

    @Override
    public boolean changedRules() {
        return pending != null;
    }

    @Override
    public void finish() throws IOException {
        final Reply reply = pending;
        pending = null;
        send(reply);
        goOn();
    }

    @Override
    public void finishWith(final String problem) throws IOException {
        pending = null;
        send(Reply.problem(Problem.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, problem)));
        goOn();
    }

    @Override
    public boolean isFinished() {
        return !codec.isOpen() && outbound == null && codec.outboundMessages().isEmpty();
    }

    @Override
    public boolean isOverdue() {
        return clock.getAsLong() - progressNs > PATIENCE_NS;
    }

    @Override
    public void close() {
        if (pieces != null) {
            pieces.close();
            pieces = null;
        }
        if (outbound != null) {
            outbound.release();
            outbound = null;
        }
        try {
            codec.finishAndReleaseAll();
        } catch (final PrematureChannelClosureException e) {
            LOGGER.debug("A client went away in the middle of a request", e);
        }
    }

    /** Whether the next request may come. */
    private boolean isListening() {
        return codec.isOpen() && outbound == null && pending == null && pieces == null;
    }

    private void decode(final ByteBuffer bytes) {
        if (bytes.hasRemaining() && codec.isOpen()) {
            codec.writeInbound(Unpooled.copiedBuffer(bytes));
        }
    }

    /** Writes what waits, makes more of it, and takes the next requests, as far as all that goes. */
    private void goOn() throws IOException {
        while (flush()) {
            if (pieces != null) {
                sendPiece();
            } else if (pending != null || !takeRequest()) {
                return;
            }
        }
    }

    /** Whether everything is written. */
    private boolean flush() throws IOException {
        while (true) {
            if (outbound == null) {
                outbound = codec.readOutbound();
            }
            if (outbound == null) {
                return true;
            }
            final int written = outbound.readBytes(channel, outbound.readableBytes());
            if (written > 0) {
                progressNs = clock.getAsLong();
            }
            if (outbound.isReadable()) {
                return false;
            }
            outbound.release();
            outbound = null;
        }
    }

    private boolean takeRequest() {
        final FullHttpRequest next = codec.isOpen() ? codec.readInbound() : null;
        if (next == null) {
            return false;
        }
        progressNs = clock.getAsLong();
        version = next.protocolVersion();
        method = next.method();
        broken = next.decoderResult().isFailure();
        final Reply reply = answer(next);
        if (reply.changed()) {
            pending = reply;
        } else {
            send(reply);
        }
        return true;
    }

    private Reply answer(final FullHttpRequest request) {
        final int bytes = request.content().readableBytes();
        try {
            return api.answer(request);
        } catch (final RuntimeException e) {
            LOGGER.error("A request failed inside the daemon", e);
            return Reply.problem(Problem.of(HttpResponseStatus.INTERNAL_SERVER_ERROR,
                "the daemon failed inside (" + e + "); its log tells more"));
        } finally {
            request.release();
            codec.pipeline().get(CountedBody.class).done(bytes);
        }
    }

    private void send(final Reply reply) {
        if (reply.pieces() == null) {
            codec.writeOutbound(response(reply, broken));
            return;
        }
        final HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, reply.status());
        describe(reply, head.headers());
        if (HttpVersion.HTTP_1_1.equals(version)) { // for an older one the end of the connection ends the body
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        codec.writeOutbound(head);
        if (HttpMethod.HEAD.equals(method)) {
            reply.pieces().close();
            codec.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            pieces = reply.pieces();
        }
    }

    private void sendPiece() {
        final byte[] piece = pieces.next();
        if (piece == null) {
            pieces.close();
            pieces = null;
            codec.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            codec.writeOutbound(new DefaultHttpContent(Unpooled.wrappedBuffer(piece)));
        }
    }

    /** A response with its whole body; {@code last} if the connection ends with it. */
    static FullHttpResponse response(final Reply reply, final boolean last) {
        final FullHttpResponse response = new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, reply.status(), Unpooled.wrappedBuffer(reply.body()));
        describe(reply, response.headers());
        if (!reply.status().equals(HttpResponseStatus.NO_CONTENT)
            && !reply.status().equals(HttpResponseStatus.NOT_MODIFIED)) {
            response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
        }
        if (last) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    private static void describe(final Reply reply, final HttpHeaders headers) {
        headers.set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_CACHE);
        reply.headers().forEach(headers::set);
    }
}
