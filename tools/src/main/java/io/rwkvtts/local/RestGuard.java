package io.rwkvtts.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.apache.flink.shaded.netty4.io.netty.buffer.ByteBuf;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what {@link RestAccess} refuses with 403 and closes the connection, before anything of
 * its body is read. One for each connection, on its thread.
 */
final class RestGuard extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(RestGuard.class);

    private final RestAccess access;
    private boolean closing;

    RestGuard(RestAccess access) {
        this.access = access;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!closing && message instanceof HttpRequest request) {
            InetSocketAddress local = (InetSocketAddress) context.channel().localAddress();
            Optional<String> refusal = access.refusal(request, local);
            if (refusal.isPresent()) {
                closing = true;
                LOG.warn(
                        "Refused a request of {}: {}",
                        context.channel().remoteAddress(),
                        refusal.get());
                context.writeAndFlush(forbidden(refusal.get()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
        }
        if (closing) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private static FullHttpResponse forbidden(String reason) {
        ByteBuf body = Unpooled.copiedBuffer(reason + "\n", UTF_8);
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.FORBIDDEN, body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }
}
