package io.rwkvtts.gateway;

import io.rwkvtts.client.KafkaProbe;
import io.vertx.core.Vertx;

/** Whether Kafka can be reached, asked for every two seconds. For any thread. */
final class KafkaState implements AutoCloseable {

    private static final long EVERY_MS = 2_000;

    private final Vertx vertx;
    private final KafkaProbe probe;
    private final long timer;
    private volatile boolean reachable = true;

    /**
     * @param probe is closed with this
     */
    KafkaState(Vertx vertx, KafkaProbe probe) {
        this.vertx = vertx;
        this.probe = probe;
        ask();
        timer = vertx.setPeriodic(EVERY_MS, id -> ask());
    }

    private void ask() {
        probe.ask(answer -> reachable = answer);
    }

    boolean reachable() {
        return reachable;
    }

    /**
     * Requires that it can.
     *
     * @throws ApiError if not
     */
    void requireReachable() {
        if (!reachable) {
            throw ApiError.unavailable("Kafka cannot be reached; try again later");
        }
    }

    @Override
    public void close() {
        vertx.cancelTimer(timer);
        probe.close();
    }
}
