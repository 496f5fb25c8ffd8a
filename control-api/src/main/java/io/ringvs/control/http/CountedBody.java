package io.ringvs.control.http;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;

/**
 * Takes room for what a client sends of bodies, and hangs up on the client for which there is none.
 *
 * <p><b>Threading:</b> control thread.
 */
final class CountedBody extends ChannelInboundHandlerAdapter {
    private final BodyRoom room;
    private int taken;
    private boolean refused;

    CountedBody(final BodyRoom room) {
        this.room = room;
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final int bytes = message instanceof HttpContent content ? content.content().readableBytes() : 0;
        if (!refused && room.take(bytes)) {
            taken += bytes;
            context.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        if (!refused) {
            refused = true;
            context.pipeline().remove(BoundedBody.class); // which would complain of a body without an end
            final Problem problem = Problem.of(
                HttpResponseStatus.SERVICE_UNAVAILABLE, "other clients are sending large bodies; try again soon");
            context.writeAndFlush(HttpConnection.response(Reply.problem(problem), true))
                .addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** A request with a body of so many bytes is done with. */
    void done(final int bytes) {
        taken -= bytes;
        room.giveBack(bytes);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        done(taken);
        context.fireChannelInactive();
    }
}
