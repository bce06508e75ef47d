package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.Vectors;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.PrefixCache;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.SegmentFactory;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.text.Segmenter;
import io.rwkvtts.text.WorldTokenizer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class SynthesisMetricsTest {

    private static final WorldTokenizer TOKENIZER =
            WorldTokenizer.load(Vectors.file("mini_vocab.txt"));

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

    /** One after the other. */
    private void speak(Duration firstChunkObjective, String... texts) {
        SynthesisLoop loop =
                new SynthesisLoop(
                        new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 1).endAfter(20),
                        new SegmentFactory(
                                new PromptBuilder(IdSpace.of(12_686, 8193, TOKENIZER), TOKENIZER),
                                new RequestRules(
                                        VoiceDirectory.empty(), new GenerationLimits(0, 40), 100),
                                false),
                        new Segmenter(),
                        256,
                        new PrefixCache(1_000_000, 24),
                        new Unheard(),
                        new SynthesisMetrics(
                                counters, 1, 24, firstChunkObjective, NanoClock.SYSTEM),
                        NanoClock.SYSTEM);
        for (String text : texts) {
            SpeechRequest request = new SpeechRequest(text, 0, 0, 100, new ChunkPlan(10, 25));
            request.accept(0, text, true, RequestAttributes.NONE, 0);
            loop.admit(request, System.nanoTime());
            while (loop.hasWork()) {
                loop.step();
            }
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

    private static final class Unheard implements SpeechOutput {

        @Override
        public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {}

        @Override
        public void finished(SpeechRequest request, FinishReason reason, String error) {}

        @Override
        public void parked(SpeechRequest request) {}
    }
}
