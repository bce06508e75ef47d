package io.rwkvtts.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
     * @param allowedOrigins pages of other servers that may use it, such as {@code
     *     https://example.org}; kept as browsers send them
     */
    public record Listen(String host, int port, Set<String> allowedOrigins) {

        private static final int MOST_PORT = 65_535;

        /**
         * @throws IllegalArgumentException if the port is none, or an origin is none, such as
         *     {@code *} or one with a path
         */
        public Listen {
            require("port", port, 0);
            if (port > MOST_PORT) {
                throw new IllegalArgumentException(
                        "port is %d; expected at most %d".formatted(port, MOST_PORT));
            }
            allowedOrigins =
                    allowedOrigins.stream()
                            .map(AccessRules::origin)
                            .collect(Collectors.toUnmodifiableSet());
        }
    }

    /**
     * What a gateway allows.
     *
     * @param textChars most characters of a request
     * @param connections most at once
     * @param requestWithin time in which a client must have sent a request with its body
     * @param bufferedBytes sound that is decoded ahead of one client
     * @param stalledAfter time after which a client that takes nothing has its request cancelled
     * @param lookBack how far back a request can be resumed
     */
    public record Limits(
            int textChars,
            int connections,
            Duration requestWithin,
            int bufferedBytes,
            Duration stalledAfter,
            Duration lookBack) {

        /** More would not fit into a record of Kafka, by its default. */
        private static final int MOST_TEXT_CHARS = 300_000;

        /** JSON may write a character as an escape of six bytes. */
        private static final int BYTES_PER_CHAR = 6;

        /** All the fields but the text. */
        private static final int OTHER_BYTES = 16 << 10;

        /** 10,000 characters, 20,000 connections, 10 s, 1 MB (30 s), 1 and 10 minutes. */
        public static final Limits DEFAULT =
                new Limits(
                        10_000,
                        20_000,
                        Duration.ofSeconds(10),
                        1 << 20,
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10));

        /**
         * @throws IllegalArgumentException if a number or a time is not positive, or so much text
         *     is allowed that Kafka would not take it
         */
        public Limits {
            require("textChars", textChars, 1);
            require("connections", connections, 1);
            require("bufferedBytes", bufferedBytes, 1);
            require("requestWithin", requestWithin.toMillis(), 1);
            require("stalledAfter", stalledAfter.toMillis(), 1);
            require("lookBack", lookBack.toMillis(), 1);
            if (textChars > MOST_TEXT_CHARS) {
                throw new IllegalArgumentException(
                        "%d characters of a request are more than Kafka takes; expected at most %d"
                                .formatted(textChars, MOST_TEXT_CHARS));
            }
        }

        /** Largest body of a request, and largest message: what the longest text may take. */
        public int bodyBytes() {
            return BYTES_PER_CHAR * textChars + OTHER_BYTES;
        }
    }

    private static void require(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d; expected %d or more".formatted(name, value, least));
        }
    }

    /**
     * What a gateway says that it offers.
     *
     * @param model name of the model
     * @param voices ids of the job's reference voices
     */
    public record Catalog(String model, List<String> voices) {}
}
