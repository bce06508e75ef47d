package io.rwkvtts.local;

import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.OutboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelOutboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPromise;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;

/**
 * Has Flink's REST client send the {@link RestAccess#TOKEN} of its configuration with every
 * request. Flink finds it by {@code META-INF/services}.
 */
public final class RestTokenFactory implements OutboundChannelHandlerFactory {

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration) {
        return configuration.getOptional(RestAccess.TOKEN).map(TokenSender::new);
    }

    private static final class TokenSender extends ChannelOutboundHandlerAdapter {
        private final String authorization;

        TokenSender(String token) {
            authorization = RestAccess.authorization(token);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (message instanceof HttpRequest request) {
                request.headers().set(HttpHeaderNames.AUTHORIZATION, authorization);
            }
            context.write(message, promise);
        }
    }
}
