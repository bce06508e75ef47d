package io.rwkvtts.cli;

import io.rwkvtts.gateway.GatewaySettings;
import io.rwkvtts.gateway.GatewaySettings.Catalog;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** How a gateway is set up. */
final class GatewayOptions {

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "address to listen on (default: ${DEFAULT-VALUE})")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "port, 0 for a free one (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description =
                    "pages of this origin, such as https://example.org, may use it; may be given"
                            + " more than once")
    private Set<String> origins = Set.of();

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            description =
                    "ask for a key: a file with a line each, 'KEY TENANT' (default: everybody may)")
    private Path keys;

    @Option(
            names = "--max-text-chars",
            paramLabel = "N",
            defaultValue = "10000",
            converter = PositiveConverter.class,
            description = "most characters of a request (default: ${DEFAULT-VALUE})")
    private int textChars;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "20000",
            converter = PositiveConverter.class,
            description = "most connections at once (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(
            names = "--max-buffered",
            paramLabel = "BYTES",
            defaultValue = "1048576",
            converter = PositiveConverter.class,
            description =
                    "sound that is decoded ahead of a client (default: ${DEFAULT-VALUE}, half a"
                            + " minute)")
    private int bufferedBytes;

    @Option(
            names = "--stalled-after",
            paramLabel = "SECONDS",
            defaultValue = "60",
            converter = PositiveConverter.class,
            description =
                    "the request of a client that takes nothing for that long is cancelled (default:"
                            + " ${DEFAULT-VALUE})")
    private int stalledSeconds;

    @Option(
            names = "--resume-within",
            paramLabel = "SECONDS",
            defaultValue = "600",
            converter = PositiveConverter.class,
            description =
                    "how long after its begin a request can be resumed (default: ${DEFAULT-VALUE})")
    private int lookBackSeconds;

    @Option(
            names = "--model-name",
            paramLabel = "NAME",
            defaultValue = "rwkv-tts",
            description = "name of the model in /v1/models (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(
            names = "--voice",
            paramLabel = "ID",
            description =
                    "id of a reference voice of the job, for /v1/audio/voices; may be given more"
                            + " than once")
    private List<String> voices = List.of();

    /**
     * All of it.
     *
     * @throws IllegalArgumentException if an option cannot be served, such as the origin {@code *}
     */
    GatewaySettings settings(float gain) {
        return new GatewaySettings(
                new Listen(host, port, origins),
                new Limits(
                        textChars,
                        connections,
                        Limits.DEFAULT.requestWithin(),
                        bufferedBytes,
                        Duration.ofSeconds(stalledSeconds),
                        Duration.ofSeconds(lookBackSeconds)),
                new Catalog(model, voices),
                Optional.ofNullable(keys),
                gain);
    }
}
