package io.rwkvtts.local;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.Channel;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInitializer;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPipeline;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;

/**
 * Puts a {@link RestGuard} into every connection of every REST server that is started with this
 * class on its class path. Flink finds it by {@code META-INF/services}.
 */
public final class RestGuardFactory implements InboundChannelHandlerFactory {

    @Override
    public int priority() {
        return Integer.MAX_VALUE;
    }

    /** Flink would have the guard stand after what stores uploads; it has to stand before. */
    @Override
    public Optional<ChannelHandler> createHandler(
            Configuration configuration, Map<String, String> responseHeaders) {
        RestAccess access = new RestAccess(configuration);
        return Optional.of(
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ChannelPipeline pipeline = channel.pipeline();
                        String codec = pipeline.context(HttpServerCodec.class).name();
                        pipeline.addAfter(codec, "rest-guard", new RestGuard(access));
                    }
                });
    }
}
