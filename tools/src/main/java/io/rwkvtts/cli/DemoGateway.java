package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.gateway.Gateway;
import io.rwkvtts.gateway.GatewaySettings;
import io.rwkvtts.gateway.GatewaySettings.Catalog;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import io.rwkvtts.local.GatewayKafka;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;

/** The gateway of the demo, with its page and the button that kills the worker. */
final class DemoGateway implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final AudioDecoder decoder;
    private final Gateway gateway;

    private DemoGateway(AudioDecoder decoder, Gateway gateway) {
        this.decoder = decoder;
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
        GatewaySettings settings =
                new GatewaySettings(
                        new Listen(HOST, port, Set.of()),
                        Limits.DEFAULT,
                        new Catalog(model, List.of()),
                        Optional.empty(),
                        decoding.gain());
        AudioDecoder decoder = decoding.open(cache, Runtime.getRuntime().availableProcessors());
        try {
            return new DemoGateway(
                    decoder,
                    Gateway.start(
                            settings,
                            GatewayKafka.settings(stack.kafka())
                                    .withIsolation(IsolationLevel.READ_COMMITTED),
                            decoder,
                            Optional.of(stack::killWorker)));
        } catch (IOException | RuntimeException e) {
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
        decoder.close();
    }
}
