package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechSettings;
import io.rwkvtts.client.SpeechStream;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.gateway.GatewaySettings.Catalog;
import io.rwkvtts.gateway.GatewaySettings.Limits;
import io.rwkvtts.gateway.GatewaySettings.Listen;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.GatewayKafka;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.schema.TextEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.common.IsolationLevel;

/** The whole job on embedded parts, with gateways before it. */
final class GatewayFixture implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    /** A text of several seconds. */
    static final String LONG_TEXT =
            "The first sentence is here to begin with. The second one goes on for a while. "
                    + "The third one follows it. The fourth sentence is the last of them all.";

    private final LocalStack stack;
    private final AudioDecoder decoder;
    private final List<AutoCloseable> opened = new ArrayList<>();
    final HttpClient http = HttpClient.newHttpClient();

    private GatewayFixture(LocalStack stack, AudioDecoder decoder) {
        this.stack = stack;
        this.decoder = decoder;
    }

    static GatewayFixture start(Path directory) throws Exception {
        Configuration options = new Configuration();
        options.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(200));
        ModelCache cache = new ModelCache(directory.resolve("cache"));
        LocalStack stack = LocalStack.start(0, options, DemoVoice.model(cache, Optional.empty()));
        return new GatewayFixture(
                stack, OnnxAudioDecoder.open(DemoVoice.unpack(cache).decoder(), 2));
    }

    LocalStack stack() {
        return stack;
    }

    static Listen loopback() {
        return new Listen("127.0.0.1", 0, Set.of());
    }

    Gateway gateway() throws IOException {
        return gateway(loopback(), Limits.DEFAULT, Optional.empty());
    }

    Gateway gateway(Listen listen, Limits limits, Optional<Path> keys) throws IOException {
        Gateway gateway =
                Gateway.start(
                        settings(listen, limits, keys),
                        speech(),
                        decoder,
                        Optional.of(stack::killWorker));
        opened.add(0, gateway);
        return gateway;
    }

    GatewaySettings settings(Listen listen, Limits limits, Optional<Path> keys) {
        return new GatewaySettings(listen, limits, new Catalog("demo", List.of("anna")), keys, 1);
    }

    SpeechSettings speech() {
        return GatewayKafka.settings(stack.kafka());
    }

    AudioDecoder decoder() {
        return decoder;
    }

    private SpeechClient client() {
        return SpeechClient.connect(ClientSettings.of(stack.kafka()));
    }

    /** Reads the job's tokens from now on. */
    TokenListener listener() {
        TokenListener listener =
                new TokenListener(
                        stack.kafka().properties(),
                        stack.kafka().topics().tokens(),
                        TokenListener.Start.LATEST,
                        IsolationLevel.READ_UNCOMMITTED);
        listener.poll(Duration.ofMillis(100));
        return listener;
    }

    /** What the tokens of a request give, decoded here. */
    byte[] undisturbed(TextEvent.Builder request) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        RequestAudio audio = new RequestAudio(decoder, WindowPlan.streaming(decoder.format()));
        try (SpeechClient client = client()) {
            SpeechStream stream =
                    client.speak(request.setRequestId("undisturbed-" + System.nanoTime()).build());
            for (ReceivedTokens record : stream) {
                if (!record.end()) {
                    audio.accept(
                            ids(record.tokens().getGlobalTokens()),
                            ids(record.tokens().getTokens()),
                            samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
                }
            }
        }
        audio.end(samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
        return pcm.toByteArray();
    }

    private static int[] ids(List<Integer> ids) {
        return ids == null ? null : ids.stream().mapToInt(Integer::intValue).toArray();
    }

    HttpRequest.Builder to(Gateway gateway, String path) {
        return HttpRequest.newBuilder(URI.create(gateway.address() + path));
    }

    HttpRequest post(Gateway gateway, String path, String body) {
        return to(gateway, path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    HttpResponse<byte[]> send(HttpRequest request) throws Exception {
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> speak(Gateway gateway, String body) throws Exception {
        return send(post(gateway, "/v1/audio/speech", body));
    }

    static JsonNode json(HttpResponse<byte[]> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The samples of a WAV whose length is not known. */
    static byte[] samples(byte[] wav) {
        return Arrays.copyOfRange(wav, 44, wav.length);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
        stack.close();
        decoder.close();
    }
}
