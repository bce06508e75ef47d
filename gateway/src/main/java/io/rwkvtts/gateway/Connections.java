package io.rwkvtts.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds connections: their number, and the time in which a client must have sent a request with
 * its body. For any thread.
 */
final class Connections {

    private final Vertx vertx;
    private final GatewayMetrics metrics;
    private final int most;
    private final long requestWithinMs;
    private final AtomicInteger open = new AtomicInteger();

    /** Timers of the connections whose request has not come. */
    private final Map<HttpConnection, Long> awaited = new ConcurrentHashMap<>();

    Connections(Vertx vertx, GatewayMetrics metrics, GatewaySettings.Limits limits) {
        this.vertx = vertx;
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
        await(connection);
        connection.closeHandler(
                v -> {
                    open.decrementAndGet();
                    metrics.connected(-1);
                    received(connection);
                });
    }

    /** The head of a request has come, not yet its body. */
    void await(HttpConnection connection) {
        received(connection);
        awaited.put(
                connection,
                vertx.setTimer(
                        requestWithinMs,
                        timer -> {
                            awaited.remove(connection);
                            connection.close();
                        }));
    }

    /** A whole request has come. */
    void received(HttpConnection connection) {
        Long timer = awaited.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
