package io.ringvs.control.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** A client of HTTP on a socket of any kind. */
final class TestHttp implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final SocketChannel channel;
    private final EmbeddedChannel codec =
        new EmbeddedChannel(new HttpClientCodec(), new HttpObjectAggregator(64 << 20));

    TestHttp(final SocketAddress address) {
        try {
            channel = SocketChannel.open(address);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was answered. */
    record Answer(int status, String body, String tag, String location, String type, String allow) {
        JsonNode json() {
            try {
                return MAPPER.readTree(body);
            } catch (final IOException e) {
                throw new UncheckedIOException(body, e);
            }
        }

        /** The sentence of a problem. */
        String detail() {
            return json().path("detail").asText();
        }
    }

    /** One request on a connection of its own. */
    static Answer once(
        final SocketAddress address, final String method, final String path, final String body,
        final String... headers) {
        try (TestHttp http = new TestHttp(address)) {
            return http.ask(method, path, body, headers);
        }
    }

    /** @param headers names and values in turn */
    Answer ask(final String method, final String path, final String body, final String... headers) {
        send(method, path, body, headers);
        return answer();
    }

    void send(final String method, final String path, final String body, final String... headers) {
        final byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        final DefaultFullHttpRequest request = new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), path, Unpooled.wrappedBuffer(bytes));
        request.headers().set("host", "localhost");
        if (body != null) {
            request.headers().set("content-length", bytes.length).set("content-type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.headers().set(headers[i], headers[i + 1]);
        }
        codec.writeOutbound(request);
        for (io.netty.buffer.ByteBuf out = codec.readOutbound(); out != null; out = codec.readOutbound()) {
            write(out.nioBuffer());
            out.release();
        }
    }

    void write(final String text) {
        write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private void write(final ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next answer. */
    Answer answer() {
        final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        FullHttpResponse response = codec.readInbound();
        try {
            while (response == null) {
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    codec.finish();
                    response = codec.readInbound();
                    if (response == null) {
                        throw new IOException("the daemon hung up");
                    }
                } else {
                    codec.writeInbound(Unpooled.copiedBuffer(buffer.flip()));
                    response = codec.readInbound();
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        final Answer answer = new Answer(response.status().code(), response.content().toString(StandardCharsets.UTF_8),
            response.headers().get("etag"), response.headers().get("location"),
            response.headers().get("content-type"), response.headers().get("allow"));
        response.release();
        return answer;
    }

    /** What is sent as it is, without answers made of it. */
    String readRaw() {
        final StringBuilder text = new StringBuilder();
        final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Whether the daemon hangs up without a word. */
    boolean isHungUp() {
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (final IOException e) {
            return true; // reset: it had not read everything
        }
    }

    @Override
    public void close() {
        codec.finishAndReleaseAll();
        try {
            channel.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
