package io.rwkvtts.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds connections: their number, and the time in which a request must come whole, with its body:
 * of the connection, or of its first byte if others came before it. For the connections' event
 * loops.
 */
final class Connections {

    private final GatewayMetrics metrics;
    private final int most;
    private final long requestWithinMs;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<HttpConnection, Arrival> arrivals = new ConcurrentHashMap<>();

    Connections(GatewayMetrics metrics, GatewaySettings.Limits limits) {
        this.metrics = metrics;
        most = limits.connections();
        requestWithinMs = limits.requestWithin().toMillis();
    }

    void opened(HttpConnection connection) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            connection.close();
            return;
        }
        metrics.connected(1);
        Channel channel = Channels.of(connection);
        Arrival arrival = new Arrival(connection, channel);
        arrivals.put(connection, arrival);
        channel.pipeline().addFirst(arrival);
        arrival.begin();
        // Not the connection's own handler, which is forgotten when it becomes a WebSocket.
        channel.closeFuture()
                .addListener(
                        closed -> {
                            open.decrementAndGet();
                            metrics.connected(-1);
                            arrivals.remove(connection);
                            arrival.end();
                        });
    }

    /** The head of a request has come, not yet its body. */
    void head(HttpServerRequest request) {
        Arrival arrival = arrivals.get(request.connection());
        if (arrival != null) {
            arrival.begin();
            request.endHandler(v -> arrival.received(request));
            request.response().endHandler(v -> arrival.answered());
        }
    }

    /** A whole request has come. */
    void received(HttpServerRequest request) {
        Arrival arrival = arrivals.get(request.connection());
        if (arrival != null) {
            arrival.received(request);
        }
    }

    /** How much of the next request of a connection has come. Belongs to its event loop. */
    private final class Arrival extends ChannelInboundHandlerAdapter {

        private final HttpConnection connection;
        private final Channel channel;
        private ScheduledFuture<?> timer;
        private boolean answering;
        private boolean more;

        private Arrival(HttpConnection connection, Channel channel) {
            this.connection = connection;
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            if (answering) {
                // Of the next request, or of a WebSocket.
                more = true;
            } else {
                begin();
            }
            context.fireChannelRead(bytes);
        }

        private void begin() {
            if (timer == null && channel.isOpen()) {
                timer =
                        channel.eventLoop()
                                .schedule(this::late, requestWithinMs, TimeUnit.MILLISECONDS);
            }
        }

        private void late() {
            timer = null;
            if (channel.isWritable()) {
                Channels.abort(connection);
            } else {
                // It still has an answer to take, before which the next request is not looked at.
                begin();
            }
        }

        private void received(HttpServerRequest request) {
            end();
            answering = !request.response().ended();
            more = false;
        }

        private void answered() {
            answering = false;
            if (more) {
                more = false;
                begin();
            }
        }

        private void end() {
            if (timer != null) {
                timer.cancel(false);
                timer = null;
            }
        }
    }
}
