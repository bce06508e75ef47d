package io.rwkvtts.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;

import io.rwkvtts.Vectors;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrefixCacheTest {

    private static final int MAX_CHARS = 1_000;
    private static final int PROPERTY_TOKENS = 7;
    private static final long PLENTY = 100_000_000;
    private static final WorldTokenizer TOKENIZER =
            WorldTokenizer.load(Vectors.file("mini_vocab.txt"));

    @TempDir private Path directory;

    private final Lookups lookups = new Lookups();

    private static final class Lookups implements LoopObserver {
        final List<Integer> asked = new ArrayList<>();
        final List<Integer> known = new ArrayList<>();
        final List<Integer> recomputed = new ArrayList<>();

        @Override
        public void prefixLookedUp(int tokens, int knownTokens) {
            asked.add(tokens);
            known.add(knownTokens);
        }

        @Override
        public void recomputing(int tokens) {
            recomputed.add(tokens);
        }
    }

    private SynthesisLoop loop(InferenceEngine engine, long maxBytes, SpeechOutput output) {
        return TestLoop.on(engine)
                .voices(VoiceDirectory.open(Vectors.file("voice-a.raf.json").getParent()))
                .prefillTokens(16)
                .prefixBytes(maxBytes)
                .output(output)
                .observer(lookups)
                .open();
    }

    private static void speak(SynthesisLoop loop, String id, String text) {
        loop.admit(TestLoop.request(id, text), System.nanoTime());
        TestLoop.run(loop);
    }

    private static ScriptedEngine scripted() {
        return new ScriptedEngine(ScriptedEngine.model(12_686, 8193), 1).endAfter(20);
    }

    /** Texts and voices that come again and again, three at a time, in the bits of a real model. */
    @ParameterizedTest
    @EnumSource(
            value = Quantization.class,
            names = {"NONE", "INT8"})
    void testTokensAreTheSameWithAndWithoutPrefixes(Quantization quantization) throws IOException {
        Path checkpoint = Vectors.file("tts-l2-d64-webrwkv-f16.safetensors");
        try (Checkpoint weights = Checkpoint.open(checkpoint)) {
            ModelExporter.export(
                    weights,
                    quantization,
                    IdSpace.SEMANTIC_LOGITS,
                    Optional.empty(),
                    directory.resolve("model"));
        }
        RecordedSpeech without = speakAll(PrefixCache.OFF);
        assertThat(lookups.asked).isEmpty();
        RecordedSpeech with = speakAll(PLENTY);

        assertThat(with.records).isEqualTo(without.records).hasSize(24);
        assertThat(lookups.known).as("nothing, a voice, a whole prompt").contains(0, 7);
        assertThat(IntStream.range(0, lookups.asked.size()))
                .anyMatch(i -> lookups.known.get(i).equals(lookups.asked.get(i)));
        assertThat(lookups.known).as("a transcript").anyMatch(tokens -> tokens > 7);
    }

    private RecordedSpeech speakAll(long maxBytes) throws IOException {
        RecordedSpeech speech = new RecordedSpeech();
        try (InferenceEngine engine =
                CpuEngine.open(
                        ModelDirectory.open(directory.resolve("model")),
                        new EngineOptions(3, 1, false, false))) {
            SynthesisLoop loop = loop(engine, maxBytes, speech);
            String[] texts = {"Good day.", "The train is late. We are sorry.", "Good night."};
            RequestAttributes[] voices = {
                RequestAttributes.NONE, Attributes.of("voiceId", "voice-a")
            };
            for (int i = 0; i < 24; i++) {
                while (!loop.hasFreeSlot()) {
                    loop.step();
                }
                RequestAttributes attributes = voices[i / 3 % 2];
                loop.admit(TestLoop.request("r" + i, texts[i % 3], attributes), System.nanoTime());
                loop.step();
            }
            TestLoop.run(loop);
        }
        return speech;
    }

    @Test
    void testWhatIsAskedForTwiceIsFedNoThirdTime() {
        ScriptedEngine engine = scripted();
        SynthesisLoop loop = loop(engine, PLENTY, new RecordedSpeech());
        speak(loop, "a", "Hello.");
        speak(loop, "b", "Hello.");
        int prefills = engine.prefillCalls();
        speak(loop, "c", "Hello.");

        int prompt = lookups.asked.get(0);
        assertThat(lookups.asked).containsOnly(prompt);
        assertThat(lookups.known).containsExactly(0, 0, prompt);
        assertThat(engine.prefillCalls()).isEqualTo(prefills);
    }

    @Test
    void testAVoiceIsFedOnceWhateverTheText() {
        SynthesisLoop loop = loop(scripted(), PLENTY, new RecordedSpeech());
        speak(loop, "a", "One.");
        speak(loop, "b", "Two.");
        speak(loop, "c", "Three.");
        speak(loop, "d", "Four.");

        assertThat(lookups.known).containsExactly(0, 0, PROPERTY_TOKENS, PROPERTY_TOKENS);
    }

    @Test
    void testWhatDoesNotFitMakesRoom() {
        // A state of the script has 24 bytes; a whole prompt also has its logits, 16 KB.
        SynthesisLoop loop = loop(scripted(), 20_000, new RecordedSpeech());
        for (String text : new String[] {"One.", "Two."}) {
            for (int i = 0; i < 10; i++) {
                speak(loop, text + i, text);
            }
        }
        assertThat(lookups.known.subList(3, 10)).containsOnly(lookups.asked.get(0));
        assertThat(lookups.known.get(19)).isIn(lookups.asked.get(19), PROPERTY_TOKENS);
    }

    @Test
    void testARestoredRequestWithoutStateIsFedOnlyWhatIsNotKnown() {
        RecordedSpeech undisturbed = new RecordedSpeech();
        speak(loop(scripted(), PrefixCache.OFF, undisturbed), "c", "Hello.");

        RecordedSpeech speech = new RecordedSpeech();
        SynthesisLoop former = loop(scripted(), PrefixCache.OFF, speech);
        SpeechRequest interrupted = TestLoop.request("c", "Hello.", RequestAttributes.NONE);
        former.admit(interrupted, System.nanoTime());
        for (int step = 0; step < 50; step++) {
            former.step();
        }
        SynthesisLoop next = loop(scripted(), PLENTY, speech);
        speak(next, "a", "Hello.");
        speak(next, "b", "Hello.");
        RequestSnapshot snapshot = former.snapshots(false).get(0);
        next.admit(SpeechRequest.restore(snapshot, MAX_CHARS, TestLoop.TERMS), System.nanoTime());
        TestLoop.run(next);

        int prompt = lookups.asked.get(0);
        assertThat(lookups.known).containsExactly(0, 0, prompt);
        // 32 global tokens, TAG_1 and some semantic tokens.
        assertThat(lookups.recomputed).hasSize(1).first().asInstanceOf(INTEGER).isBetween(40, 50);
        assertThat(speech.records.get("c")).isEqualTo(undisturbed.records.get("c"));
    }

    /** Else a text of them would hold up all others, and overflow the stack in the end. */
    @Test
    void testKnownSegmentsWithoutSpeechAreGoneThroughOneAStep() {
        SynthesisLoop loop = loop(scripted().endAfter(0), PLENTY, new RecordedSpeech());
        String text = "This is a sentence that is read again and again. ".repeat(20);
        loop.admit(TestLoop.request("a", text, RequestAttributes.NONE), System.nanoTime());
        while (loop.hasWork()) {
            int before = lookups.known.size();
            loop.step();
            assertThat(lookups.known.size() - before).isLessThanOrEqualTo(1);
        }
        assertThat(lookups.known).hasSizeGreaterThan(15);
        assertThat(lookups.known).endsWith(lookups.asked.get(lookups.asked.size() - 1));
    }

    @Test
    void testAKnownPromptThatIsNotUsedYetIsLookedUpAgainAfterARestore() {
        RecordedSpeech speech = new RecordedSpeech();
        SynthesisLoop former = loop(scripted(), PLENTY, speech);
        speak(former, "a", "Hello.");
        speak(former, "b", "Hello.");
        SpeechRequest interrupted = TestLoop.request("c", "Hello.", RequestAttributes.NONE);
        former.admit(interrupted, System.nanoTime());
        RequestSnapshot snapshot = former.snapshots(true).get(0);
        SynthesisLoop next = loop(scripted(), PLENTY, speech);
        next.admit(SpeechRequest.restore(snapshot, MAX_CHARS, TestLoop.TERMS), System.nanoTime());
        TestLoop.run(next);
        RecordedSpeech undisturbed = new RecordedSpeech();
        speak(loop(scripted(), PrefixCache.OFF, undisturbed), "c", "Hello.");

        assertThat(speech.records.get("c")).isEqualTo(undisturbed.records.get("c"));
    }

    @Test
    void testASizeWithoutRoomForOneStateIsRefused() {
        assertThatThrownBy(() -> new PrefixCache(999, 1_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "999 bytes, expected room for one state of this model, 1000 bytes, at"
                                + " least, or 0 to keep none");
    }
}
