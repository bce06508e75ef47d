package io.rwkvtts.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a gateway is set up.
 *
 * @param listen where it listens
 * @param limits what it allows
 * @param catalog what it says that it offers
 * @param keys file with keys, empty to ask for none
 * @param gain that samples are multiplied by before they are clipped
 */
public record GatewaySettings(
        Listen listen, Limits limits, Catalog catalog, Optional<Path> keys, float gain) {

    /**
     * Where a gateway listens.
     *
     * @param host address or name
     * @param port 0 for a free one
     * @param allowedOrigins pages of other servers that may use it
     */
    public record Listen(String host, int port, Set<String> allowedOrigins) {}

    /**
     * What a gateway allows.
     *
     * @param textChars most characters of a request
     * @param bodyBytes largest body
     * @param connections most at once
     * @param requestWithin time in which a client must have sent a request with its body
     * @param bufferedBytes sound that is decoded ahead of one client
     * @param stalledAfter time after which a client that takes nothing has its request cancelled
     * @param lookBack how far back a request can be resumed
     */
    public record Limits(
            int textChars,
            int bodyBytes,
            int connections,
            Duration requestWithin,
            int bufferedBytes,
            Duration stalledAfter,
            Duration lookBack) {

        /** 20,000 characters, 256 kB, 20,000 connections, 10 s, 1 MB (30 s), 1 and 10 minutes. */
        public static final Limits DEFAULT =
                new Limits(
                        20_000,
                        256 << 10,
                        20_000,
                        Duration.ofSeconds(10),
                        1 << 20,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10));
    }

    /**
     * What a gateway says that it offers.
     *
     * @param model name of the model
     * @param voices ids of the job's reference voices
     */
    public record Catalog(String model, List<String> voices) {}
}
