package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.synthesis.TestLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SynthesisMetricsTest {

    private final Counters counters = new Counters();

    @Test
    void testFirstChunksWithinTheObjectiveAreCountedBesideAll() {
        speak(Duration.ofMinutes(10), "One.", "Two.", "Three.");
        assertThat(counters.count(MetricNames.FIRST_CHUNK_OK)).isEqualTo(3);
        assertThat(counters.count(MetricNames.FIRST_CHUNK_TOTAL)).isEqualTo(3);
    }

    @Test
    void testFirstChunksThatComeTooLateAreCountedInTheTotalOnly() {
        speak(Duration.ofNanos(1), "One.", "Two. And more.");
        assertThat(counters.count(MetricNames.FIRST_CHUNK_OK)).isZero();
        assertThat(counters.count(MetricNames.FIRST_CHUNK_TOTAL)).isEqualTo(2);
    }

    @Test
    void testTokensOfKnownPrefixesAreHitsAndAreNotCountedAsFed() {
        speak(Duration.ofSeconds(1), "Hello.", "Hello.", "Hello.", "Hello.");
        long prompts = counters.count(MetricNames.PREFIX_CACHE_QUERIES);
        assertThat(counters.count(MetricNames.PREFIX_CACHE_HITS)).isEqualTo(prompts / 2);
        assertThat(counters.count(MetricNames.PROMPT_TOKENS)).isEqualTo(prompts / 2);
    }

    @Test
    void testAFlightRecordingTellsWhereTheTimeToEachFirstChunkWent(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("chunks.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(FirstChunkEvent.NAME);
            recording.start();
            speak(Duration.ofSeconds(1), "One.", "Two. And more.");
            recording.dump(file);
        }
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);

        assertThat(events)
                .extracting(event -> event.getString("requestId"))
                .containsExactly("One.", "Two. And more.");
        for (RecordedEvent event : events) {
            long inSlot =
                    event.getLong("prompt") + event.getLong("firstToken") + event.getLong("chunk");
            long computed = event.getLong("steps") + event.getLong("prompts");
            assertThat(event.getLong("queue")).isNotNegative();
            assertThat(event.getLong("steps")).isPositive();
            assertThat(event.getLong("prompts")).isPositive();
            assertThat(computed).isLessThanOrEqualTo(inSlot);
        }
    }

    /** One after the other. */
    private void speak(Duration firstChunkObjective, String... texts) {
        SynthesisLoop loop =
                TestLoop.on(new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 1).endAfter(20))
                        .prefixBytes(1_000_000)
                        .observer(
                                new SynthesisMetrics(
                                        counters, 1, 24, 0, firstChunkObjective, NanoClock.SYSTEM))
                        .open();
        for (String text : texts) {
            loop.admit(TestLoop.request(text, text), System.nanoTime());
            TestLoop.run(loop);
        }
    }

    /** Keeps the counters by their names. */
    private static final class Counters extends UnregisteredMetricsGroup {
        private final Map<String, Counter> byName = new HashMap<>();

        long count(String name) {
            return byName.get(name).getCount();
        }

        @Override
        public Counter counter(String name) {
            return byName.computeIfAbsent(name, key -> new SimpleCounter());
        }

        @Override
        public MetricGroup addGroup(String name) {
            return this;
        }
    }
}
