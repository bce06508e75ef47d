package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.EngineThread;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cuda.CudaEngine;
import io.rwkvtts.engine.cuda.Emulation;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job with an engine that has a thread of its own: on the CPU, and on an emulated CUDA
 * device, which in the profile gpu-dry is below ONNX Runtime's CUDA provider.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DeviceJobITCase {

    /** So few that the emulation keeps up. */
    private static final int REQUESTS = 3;

    private static final int TOKENS = 90;
    private static final int SLOTS = 4;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;
    private static List<TextEvent> requests;
    private static EngineFactory onCpu;
    private static EngineFactory onDevice;
    private static Map<String, Speech> undisturbed;

    @BeforeAll
    static void speakUndisturbed() throws Exception {
        assumeTrue(
                Emulation.hasDevice() && CpuEngine.supports(Quantization.INT8_NATIVE),
                "built without a C++ compiler: no native operators, no emulation");
        assumeTrue(CpuEngine.sumsBytesExactly(), "a processor without the device's bits");
        ModelForms forms =
                DemoVoice.model(
                                new ModelCache(directory.resolve("cache")),
                                Optional.of(Quantization.INT8_NATIVE))
                        .forms();
        onCpu = gpus -> CpuEngine.open(forms.given(), options());
        onDevice = gpus -> CudaEngine.open(forms.forCuda(), options(), Emulation.device());
        cluster = SpeechCluster.start(directory, Duration.ofMillis(100));
        requests = IntStream.range(0, REQUESTS).mapToObj(DeviceJobITCase::request).toList();
        KafkaSettings topics = cluster.topics("undisturbed", "at-least-once");
        JobClient job = cluster.submit(topics, Map.of(), engines -> onCpu, null);
        undisturbed = cluster.speak(topics, requests.toArray(TextEvent[]::new));
        job.cancel().get();
    }

    private static EngineOptions options() {
        return new EngineOptions(SLOTS, 1, false, true);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void resetFaults() {
        FaultyEngine.forget();
    }

    private static TextEvent request(int number) {
        return TextEvent.newBuilder()
                .setRequestId("request-" + number)
                .setText("This is request number " + number + ".")
                .setSeed((long) number)
                .setMinSemanticTokens(TOKENS)
                .setMaxSemanticTokens(TOKENS + 20)
                .build();
    }

    /** Engines with a thread of their own, as the ladder opens those on a device. */
    private static EngineFactory apart(EngineFactory engines) {
        return gpus -> {
            try {
                return EngineThread.open("engine-of-a-test", () -> engines.open(gpus), () -> {});
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
    }

    /** So slow that no request can end before a fault or a stop. */
    private static EngineFactory slowed(EngineFactory engines) {
        return SlowEngine.around(engines, Duration.ofMillis(25));
    }

    private static void assertFaultChangesNothing(String name, EngineFactory engines)
            throws Exception {
        KafkaSettings topics = cluster.topics(name, "at-least-once");
        JobClient job =
                cluster.submit(
                        topics,
                        Map.of(),
                        ignored -> apart(FaultyEngine.failing(slowed(engines))),
                        null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        try (TokenListener listener = cluster.listen(topics)) {
            List<String> ids = requests.stream().map(TextEvent::getRequestId).toList();
            assertThat(cluster.collect(listener, ids))
                    .containsExactlyInAnyOrderEntriesOf(undisturbed);
        }
        assertThat(FaultyEngine.FAULTS).hasValue(1);
        assertThat(FaultyEngine.LOADED)
                .as("states that continued in mid-generation")
                .hasPositiveValue();
        job.cancel().get();
    }

    @Test
    void testFaultOfAnEngineOnAThreadOfItsOwnChangesNothing() throws Exception {
        assertFaultChangesNothing("thread", onCpu);
    }

    @Test
    void testFaultOfAnEngineOnADeviceChangesNothing() throws Exception {
        assertFaultChangesNothing("device", onDevice);
    }

    /**
     * Two subtasks on the CPU, then one on a device, then two on the CPU: generations continue from
     * their states, with the same tokens, and the log says that the numerics changed.
     */
    @Test
    void testGenerationsMoveToADeviceAndBackAtAnotherParallelism() throws Exception {
        KafkaSettings topics = cluster.topics("moves", "at-least-once");
        Map<String, String> two = Map.of("tts.parallelism", "2");
        JobClient first = cluster.submit(topics, two, ignored -> slowed(onCpu), null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        Map<String, List<AudioTokens>> records = new LinkedHashMap<>();
        try (TokenListener listener = cluster.listen(topics);
                RecordedLog log = new RecordedLog(Level.WARN)) {
            while (records.size() < REQUESTS) {
                listener.poll(Duration.ofMillis(10))
                        .forEach(
                                received ->
                                        records.computeIfAbsent(
                                                        received.tokens().getRequestId(),
                                                        id -> new ArrayList<>())
                                                .add(received.tokens()));
            }
            JobClient device =
                    cluster.submit(
                            topics,
                            Map.of(),
                            ignored -> apart(FaultyEngine.counting(slowed(onDevice))),
                            stop(first, topics));
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> FaultyEngine.LOADED.get() == REQUESTS);
            JobClient last =
                    cluster.submit(
                            topics,
                            two,
                            ignored -> FaultyEngine.counting(onCpu),
                            stop(device, topics));
            cluster.collect(listener, records, REQUESTS);
            last.cancel().get();
            assertThat(FaultyEngine.LOADED).as("states that continued").hasValue(2 * REQUESTS);
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("other numerics"))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(undisturbed)
                .allSatisfy(
                        (id, speech) ->
                                assertThat(SpeechCluster.speech(records.get(id)))
                                        .isEqualTo(speech));
    }

    private static String stop(JobClient job, KafkaSettings topics) throws Exception {
        String savepoint =
                job.stopWithSavepoint(
                                false,
                                directory.resolve("savepoints").toUri().toString(),
                                SavepointFormatType.CANONICAL)
                        .get();
        assertThat(cluster.endedBy(topics)).as("ended before the stop").isEmpty();
        return savepoint;
    }
}
