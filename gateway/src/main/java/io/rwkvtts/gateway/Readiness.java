package io.rwkvtts.gateway;

import io.rwkvtts.client.KafkaProbe;
import io.vertx.core.Vertx;
import java.util.function.BooleanSupplier;

/**
 * Whether requests can be served: Kafka can be reached, which is asked for every two seconds, and
 * the tokens are being read. For any thread.
 */
final class Readiness implements AutoCloseable {

    private static final long EVERY_MS = 2_000;

    private final Vertx vertx;
    private final KafkaProbe probe;
    private final BooleanSupplier reading;
    private final long timer;
    private volatile boolean reachable = true;

    /**
     * @param probe is closed with this
     * @param reading whether the tokens are being read
     */
    Readiness(Vertx vertx, KafkaProbe probe, BooleanSupplier reading) {
        this.vertx = vertx;
        this.probe = probe;
        this.reading = reading;
        ask();
        timer = vertx.setPeriodic(EVERY_MS, id -> ask());
    }

    private void ask() {
        probe.ask(answer -> reachable = answer);
    }

    boolean reachable() {
        return reachable;
    }

    boolean reading() {
        return reading.getAsBoolean();
    }

    /**
     * Requires that they can.
     *
     * @throws ApiError if not
     */
    void require() {
        if (!reading()) {
            throw ApiError.unavailable("this gateway reads no more tokens and must be restarted");
        }
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
