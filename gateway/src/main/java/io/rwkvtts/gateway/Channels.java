package io.rwkvtts.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** What Vert.x's connections do not offer by themselves. */
final class Channels {

    private Channels() {}

    /** The channel under a connection; stays the same when it becomes a WebSocket's. */
    static Channel of(HttpConnection connection) {
        return ((ConnectionBase) connection).channel();
    }

    /**
     * Closes a connection at once. Vert.x closes one behind all that waits to be written, so never
     * if its client takes nothing. For any thread.
     */
    static void abort(HttpConnection connection) {
        Channel channel = of(connection);
        channel.eventLoop()
                .execute(
                        () -> {
                            ChannelHandlerContext next = channel.pipeline().firstContext();
                            if (next != null) {
                                next.close();
                            }
                        });
    }
}
