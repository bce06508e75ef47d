package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.audio.OnnxAudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechStream;
import io.rwkvtts.job.SoundConsumer.Sound;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The job's sound: that of its tokens, and byte by byte the same after a fault in mid-generation or
 * a stop and a restore at another parallelism.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SoundRecoveryITCase {

    private static final int REQUESTS = 16;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;
    private static Path decoderFile;
    private static TextEvent[] requests;
    private static Map<String, byte[]> undisturbed;

    @BeforeAll
    static void start() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofMillis(100));
        decoderFile = DemoVoice.unpack(directory.resolve("voice")).decoder();
        requests =
                IntStream.range(0, REQUESTS)
                        .mapToObj(SpeechCluster::longRequest)
                        .toArray(TextEvent[]::new);
        undisturbed = soundOfTokens();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void resetFaults() {
        FaultyEngine.forget();
    }

    /** What the tokens of a job without sound give, decoded by their reader. */
    private static Map<String, byte[]> soundOfTokens() throws Exception {
        KafkaSettings topics = cluster.topics("tokens-only", "at-least-once");
        JobClient job = cluster.submit(topics);
        Map<String, byte[]> sound = new HashMap<>();
        try (SpeechClient client = SpeechCluster.client(topics);
                OnnxAudioDecoder decoder = OnnxAudioDecoder.open(decoderFile, 1)) {
            Map<String, SpeechStream> streams = new LinkedHashMap<>();
            for (TextEvent request : requests) {
                streams.put(request.getRequestId(), client.speak(request));
            }
            for (Map.Entry<String, SpeechStream> stream : streams.entrySet()) {
                sound.put(stream.getKey(), pcm(decoder, SpeechCluster.records(stream.getValue())));
            }
        }
        job.cancel().get();
        return sound;
    }

    private static byte[] pcm(OnnxAudioDecoder decoder, List<AudioTokens> records) {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        RequestAudio audio = new RequestAudio(decoder, WindowPlan.streaming(decoder.format()));
        for (AudioTokens record : records) {
            if (!record.getTokens().isEmpty()) {
                audio.accept(
                        ids(record.getGlobalTokens()),
                        ids(record.getTokens()),
                        samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
            }
        }
        audio.end(samples -> pcm.writeBytes(Pcm16.of(samples, 1)));
        return pcm.toByteArray();
    }

    private static int[] ids(List<Integer> ids) {
        return ids == null ? null : ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static KafkaSettings topics(String name, String delivery) {
        KafkaSettings topics = cluster.topics(name, delivery);
        SpeechCluster.createAudioTopic(topics);
        return topics;
    }

    private static JobClient submit(
            KafkaSettings topics,
            Map<String, String> more,
            UnaryOperator<EngineFactory> engines,
            String savepoint)
            throws Exception {
        Map<String, String> options = new HashMap<>(more);
        options.put("tts.audio.decoder", decoderFile.toString());
        return cluster.submit(topics, options, engines, savepoint);
    }

    private static EngineFactory slowed(EngineFactory engines) {
        return SlowEngine.around(engines, Duration.ofMillis(25));
    }

    private static void assertUndisturbed(Map<String, Sound> sound) {
        assertThat(sound.keySet()).isEqualTo(undisturbed.keySet());
        sound.forEach(
                (id, heard) -> {
                    assertThat(heard.finishReason()).as(id).isIn("stop", "length");
                    assertThat(heard.pcm()).as(id).isEqualTo(undisturbed.get(id));
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void testFaultInMidGenerationChangesNoByte(String delivery) throws Exception {
        KafkaSettings topics = topics("fault-" + delivery, delivery);
        JobClient job = submit(topics, Map.of(), FaultyEngine::failing, null);
        try (SoundConsumer consumer = new SoundConsumer(topics)) {
            cluster.send(topics, requests);
            assertUndisturbed(consumer.awaitEnds(REQUESTS));
        }
        assertThat(FaultyEngine.FAULTS).hasValue(1);
        job.cancel().get();
    }

    @Test
    void testStopWithSavepointAndRestoreAtTwiceTheParallelismChangesNoByte() throws Exception {
        KafkaSettings topics = topics("rescale", "at-least-once");
        JobClient job = submit(topics, Map.of(), SoundRecoveryITCase::slowed, null);
        try (SoundConsumer consumer = new SoundConsumer(topics)) {
            cluster.send(topics, requests);
            consumer.awaitBegun(REQUESTS);
            String savepoint = stopWithSavepoint(job);
            assertThat(cluster.endedBy(topics)).as("ended before the stop").isEmpty();
            Map<String, String> twice =
                    Map.of(
                            "tts.parallelism", "2",
                            "tts.audio.parallelism", "2",
                            "tts.audio.threads", "2");
            JobClient restored = submit(topics, twice, FaultyEngine::counting, savepoint);
            assertUndisturbed(consumer.awaitEnds(REQUESTS));
            restored.cancel().get();
        }
    }

    /** Requests in mid-generation have no sound, which they are told; later ones have. */
    @Test
    void testSoundIsAddedToARunningJob() throws Exception {
        KafkaSettings topics = topics("added", "at-least-once");
        JobClient silent = cluster.submit(topics, Map.of(), SoundRecoveryITCase::slowed, null);
        cluster.send(topics, requests[0]);
        try (var listener = cluster.listen(topics)) {
            while (listener.poll(Duration.ofMillis(10)).isEmpty()) {
                // The first chunk has not come.
            }
        }
        String savepoint = stopWithSavepoint(silent);
        JobClient job = submit(topics, Map.of(), FaultyEngine::counting, savepoint);
        try (SoundConsumer consumer = new SoundConsumer(topics)) {
            cluster.send(topics, requests[1]);
            Map<String, Sound> sound = consumer.awaitEnds(2);
            Sound missed = sound.get(requests[0].getRequestId());
            assertThat(missed.finishReason()).isEqualTo("error");
            assertThat(missed.error()).contains("began before the job made sound");
            assertThat(missed.pcm()).isEmpty();
            assertThat(sound.get(requests[1].getRequestId()).pcm())
                    .isEqualTo(undisturbed.get(requests[1].getRequestId()));
        }
        job.cancel().get();
    }

    private static String stopWithSavepoint(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false,
                        directory.resolve("savepoints").toUri().toString(),
                        SavepointFormatType.CANONICAL)
                .get();
    }
}
