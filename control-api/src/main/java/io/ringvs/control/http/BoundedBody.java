package io.ringvs.control.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Puts requests together with their bodies, and refuses the ones that are too large: before they are sent if the client
 * asks first (Expect: 100-continue), else at the first byte too many.
 */
final class BoundedBody extends HttpObjectAggregator {
    /** Longest body in bytes: room for some 200 000 real servers. */
    static final int MAX_BYTES = 16 << 20;

    BoundedBody() {
        super(MAX_BYTES, true);
    }

    @Override
    protected Object newContinueResponse(
        final HttpMessage start, final int maxContentLength, final ChannelPipeline pipeline) {
        final Object answer = super.newContinueResponse(start, maxContentLength, pipeline);
        return answer instanceof HttpResponse response
            && response.status().equals(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)
            ? HttpConnection.response(tooLarge(), true) : answer;
    }

    @Override
    protected void handleOversizedMessage(final ChannelHandlerContext context, final HttpMessage oversized) {
        context.writeAndFlush(HttpConnection.response(tooLarge(), true)).addListener(ChannelFutureListener.CLOSE);
    }

    private static Reply tooLarge() {
        return Reply.problem(Problem.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
            "the body is longer than " + MAX_BYTES + " bytes; split the change"));
    }
}
