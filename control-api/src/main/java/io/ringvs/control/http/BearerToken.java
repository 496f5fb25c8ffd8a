package io.ringvs.control.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

/**
 * Lets only requests pass that bear the token, before anything of their body is kept.
 *
 * <p><b>Source:</b> RFC 6750.
 */
final class BearerToken extends ChannelInboundHandlerAdapter {
    private static final String SCHEME = "Bearer ";

    private final byte[] token;
    private boolean refused;

    BearerToken(final byte[] token) {
        this.token = token.clone();
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        if (!refused && message instanceof HttpRequest request && !isBorneBy(request)) {
            refused = true;
            final HttpResponse response = HttpConnection.response(Reply.problem(Problem.of(
                HttpResponseStatus.UNAUTHORIZED, "the request needs the header 'Authorization: Bearer TOKEN'"
                    + " with the token of the file that --api-token-file names")), true);
            response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }
        if (refused) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    /** Compares in a time that does not tell how much of it is right. */
    private boolean isBorneBy(final HttpRequest request) {
        final String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        return given.regionMatches(true, 0, SCHEME, 0, SCHEME.length()) && MessageDigest.isEqual(
            given.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8), token);
    }
}
