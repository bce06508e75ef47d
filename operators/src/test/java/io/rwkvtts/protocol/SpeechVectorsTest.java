package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.Vectors;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole protocol with a real model, against the tokens of {@code tts.json}. */
class SpeechVectorsTest {

    private static final JsonNode TTS = Vectors.json("tts.json");

    @TempDir private static Path directory;
    private static InferenceEngine engine;

    private final Sampler sampler = new Sampler(IdSpace.SEMANTIC_LOGITS);
    private final float[] logits = new float[IdSpace.SEMANTIC_LOGITS];

    @BeforeAll
    static void openEngine() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(Vectors.file(TTS.get("model").asText()))) {
            ModelDirectory model =
                    ModelExporter.export(
                            checkpoint,
                            Quantization.NONE,
                            IdSpace.SEMANTIC_LOGITS,
                            Optional.empty(),
                            directory.resolve("model"));
            engine = CpuEngine.open(model, new EngineOptions(2, 1, false, false));
        }
    }

    @AfterAll
    static void closeEngine() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testSpeechByPropertiesIsThatOfTheVectors(String vocabulary) {
        for (JsonNode c : TTS.get("normal")) {
            SegmentGeneration generation = generation(c, GenerationProgress.START);
            speak(promptByProperties(vocabulary, c), generation);

            assertThat(generation.globals()).containsExactly(Vectors.ints(c.get("global_tokens")));
            assertSemantics(generation, c);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json"})
    void testSpeechByVoiceIsThatOfTheVectors(String vocabulary) {
        for (JsonNode c : TTS.get("clone")) {
            int[] globals = Vectors.ints(c.get("voice_global_tokens"));
            int[] semantics = Vectors.ints(c.get("voice_semantic_tokens"));
            Voice voice = new Voice("vectors", c.get("prompt_text").asText(), globals, semantics);
            SegmentGeneration generation = generation(c, GenerationProgress.withGlobals(globals));
            speak(prompts(vocabulary).byVoice(voice, c.get("text").asText()).tokens(), generation);

            assertSemantics(generation, c);
        }
    }

    /** State and progress are all it takes to continue elsewhere, before whichever token. */
    @Test
    void testSpeechThatMovesBeforeEveryStepStaysTheSame() {
        JsonNode c = TTS.get("normal").get(0);
        int[] prompt = promptByProperties("mini_vocab.txt", c);
        engine.clear(0);
        engine.prefill(List.of(new PromptPiece(0, prompt, 0, prompt.length)));
        SegmentGeneration generation = generation(c, GenerationProgress.START);
        int slot = 0;
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                sample(generation, slot);
            } else {
                engine.loadState(1 - slot, engine.saveState(slot));
                engine.clear(slot);
                slot = 1 - slot;
                generation = generation(c, generation.progress());
                step(generation, slot);
            }
        }
        assertThat(generation.globals()).containsExactly(Vectors.ints(c.get("global_tokens")));
        assertSemantics(generation, c);
    }

    private void speak(int[] prompt, SegmentGeneration generation) {
        engine.clear(0);
        engine.prefill(List.of(new PromptPiece(0, prompt, 0, prompt.length)));
        while (!generation.finished()) {
            if (generation.needsLogits()) {
                sample(generation, 0);
            } else {
                step(generation, 0);
            }
        }
    }

    private void sample(SegmentGeneration generation, int slot) {
        engine.logits(slot, logits, generation.logitsNeeded());
        generation.drawn(
                sampler.sample(
                        logits,
                        generation.logitsNeeded(),
                        generation.forbidden(),
                        generation.sampling(),
                        generation.uniform()));
    }

    private static void step(SegmentGeneration generation, int slot) {
        engine.step(new int[] {slot}, new int[] {generation.nextInput()}, 1);
    }

    private static void assertSemantics(SegmentGeneration generation, JsonNode c) {
        assertThat(generation.semantics(0, generation.semanticCount()))
                .containsExactly(Vectors.ints(c.get("semantic_tokens")));
        assertThat(generation.cutOff()).isEqualTo(!c.get("ended_by_eos").asBoolean());
    }

    private static SegmentGeneration generation(JsonNode c, GenerationProgress progress) {
        return new SegmentGeneration(
                Long.parseUnsignedLong(c.get("seed").asText()),
                0,
                progress,
                new GenerationLimits(0, c.get("max_semantic").asInt()),
                SamplingParameters.SEMANTIC);
    }

    private static int[] promptByProperties(String vocabulary, JsonNode c) {
        VoiceProperties properties = VoicePropertiesTest.properties(c);
        return prompts(vocabulary).byProperties(properties, c.get("text").asText()).tokens();
    }

    private static PromptBuilder prompts(String vocabulary) {
        WorldTokenizer tokenizer = WorldTokenizer.load(Vectors.file(vocabulary));
        return new PromptBuilder(
                IdSpace.of(engine.model().vocabRows(), engine.model().headRows(), tokenizer),
                tokenizer);
    }
}
