package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.client.KafkaProbe;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.gateway.Gateway;
import io.rwkvtts.gateway.GatewaySettings;
import io.rwkvtts.gateway.GatewaySettings.Catalog;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.GatewayKafka;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;

/** The gateway of the demo, with its page and the button that kills the worker. */
final class DemoGateway implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final AudioDecoder decoder;
    private final SpeechClient client;
    private final Gateway gateway;

    private DemoGateway(AudioDecoder decoder, SpeechClient client, Gateway gateway) {
        this.decoder = decoder;
        this.client = client;
        this.gateway = gateway;
    }

    /**
     * Starts it.
     *
     * @param port 0 for a free one
     */
    static DemoGateway start(
            LocalStack stack, DecoderOptions decoding, ModelCache cache, int port, String model)
            throws IOException {
        Properties kafka = GatewayKafka.withTimeouts(stack.kafka().properties());
        AudioDecoder decoder = decoding.open(cache, Runtime.getRuntime().availableProcessors());
        SpeechClient client = null;
        try {
            client =
                    SpeechClient.connect(
                            ClientSettings.of(stack.kafka())
                                    .withIsolation(IsolationLevel.READ_COMMITTED));
            Gateway gateway =
                    Gateway.start(
                            new GatewaySettings(
                                    new Listen(HOST, port, Set.of()),
                                    Limits.DEFAULT,
                                    new Catalog(model, List.of()),
                                    Optional.empty(),
                                    decoding.gain()),
                            client,
                            decoder,
                            new KafkaProbe(kafka),
                            Optional.of(stack::killWorker));
            return new DemoGateway(decoder, client, gateway);
        } catch (IOException | RuntimeException e) {
            if (client != null) {
                client.close();
            }
            decoder.close();
            throw e;
        }
    }

    /** Of its page. */
    String address() {
        return gateway.address();
    }

    @Override
    public void close() {
        gateway.close();
        client.close();
        decoder.close();
    }
}
