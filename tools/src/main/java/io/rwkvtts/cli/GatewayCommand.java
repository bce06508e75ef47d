package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.gateway.Gateway;
import io.rwkvtts.gateway.GatewaySettings;
import io.rwkvtts.local.GatewayKafka;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.schema.InputFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.IsolationLevel;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts gateway}: HTTP and WebSocket over Kafka. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Serves speech by HTTP and WebSocket: sends requests to a running job through Kafka,"
                    + " decodes their tokens and streams the sound, until Ctrl-C.",
            ""
        },
        footer = {"", "All endpoints: docs/gateway.md"})
final class GatewayCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--requests-topic",
            paramLabel = "NAME",
            defaultValue = "tts-requests",
            description = "topic of the requests (default: ${DEFAULT-VALUE})")
    private String requestsTopic;

    @Option(
            names = "--tokens-topic",
            paramLabel = "NAME",
            defaultValue = "tts-tokens",
            description = "topic of the tokens (default: ${DEFAULT-VALUE})")
    private String tokensTopic;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "avro",
            description = "what the job reads: avro or json (default: ${DEFAULT-VALUE})")
    private InputFormat format;

    @Option(
            names = "--read-committed",
            description = "wait for the commit of each transaction (for exactly-once jobs)")
    private boolean readCommitted;

    @Mixin private KafkaConnection kafka;
    @Mixin private DecoderOptions decoding;

    @ArgGroup(heading = "%nServer:%n", validate = false)
    private GatewayOptions server = new GatewayOptions();

    @Override
    public Integer call() throws Exception {
        if (format == InputFormat.TEXT) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--format is text, which has neither voices nor cancellations; expected avro or"
                            + " json");
        }
        GatewaySettings settings = settings();
        kafka.require(requestsTopic);
        kafka.require(tokensTopic);
        SpeechSettings speech =
                SpeechSettings.of(GatewayKafka.withTimeouts(kafka.properties()))
                        .withTopics(requestsTopic, tokensTopic)
                        .withFormat(format)
                        .withIsolation(
                                readCommitted
                                        ? IsolationLevel.READ_COMMITTED
                                        : IsolationLevel.READ_UNCOMMITTED);
        int calls = Runtime.getRuntime().availableProcessors();
        try (AudioDecoder decoder = decoding.open(ModelCache.ofUser(), calls);
                Gateway gateway = Gateway.start(settings, speech, decoder, Optional.empty())) {
            Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "close-gateway"));
            Listening.print(Map.of("Gateway", gateway.address()), spec.commandLine().getOut());
            new CountDownLatch(1).await();
        }
        return CommandLine.ExitCode.OK;
    }

    private GatewaySettings settings() {
        try {
            return server.settings(decoding.gain());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
