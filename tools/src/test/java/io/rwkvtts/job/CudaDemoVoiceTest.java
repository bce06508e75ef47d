package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.SamplingPlace;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cuda.CudaEngine;
import io.rwkvtts.engine.cuda.Emulation;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.SamplingParameters;
import io.rwkvtts.synthesis.UnbatchedGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo voice on an emulated CUDA device. */
class CudaDemoVoiceTest {

    private static final EngineOptions OPTIONS = new EngineOptions(3, 1, false, false);

    @TempDir private Path directory;

    /**
     * So whatever is drawn from them is the same. One speech is fed token by token, the others at
     * once: it is the head that takes the emulation its time.
     */
    @Test
    void testLogitsAndStatesOfSpeechHaveTheBitsOfTheNativeOperators() throws IOException {
        assumeTrue(Emulation.hasDevice(), "built without a C++ compiler: no emulation");
        DemoVoice voice = DemoVoice.unpack(directory);
        List<JsonNode> speeches = TestVectors.demoVoice();
        try (InferenceEngine cpu = CpuEngine.open(model(voice, Quantization.INT8_NATIVE), OPTIONS);
                InferenceEngine cuda =
                        CudaEngine.open(
                                model(voice, Quantization.INT8_CUDA),
                                OPTIONS,
                                Emulation.device())) {
            for (int i = 0; i < speeches.size(); i++) {
                int[] tokens = tokens(speeches.get(i));
                assertThat(tokens).hasSizeGreaterThan(40);
                int piece = i == 0 ? 1 : tokens.length;
                for (PromptPiece next : PromptPiece.cut(1, tokens, piece)) {
                    cpu.prefill(List.of(next));
                    cuda.prefill(List.of(next));
                    assertSame(cpu, cuda, "speech %d to token %d".formatted(i, next.to()));
                }
                assertThat(cuda.saveState(1)).isEqualTo(cpu.saveState(1));
                cpu.clear(1);
                cuda.clear(1);
            }
        }
    }

    /** The device draws what the host draws from the same logits, to the end of the speech. */
    @Test
    void testSpeechThatTheDeviceDrawsHasTheTokensOfTheHost() throws IOException {
        assumeTrue(Emulation.hasDevice(), "built without a C++ compiler: no emulation");
        DemoVoice voice = DemoVoice.unpack(directory);
        EngineOptions drawing = new EngineOptions(1, 1, false, false, SamplingPlace.DEVICE);
        try (InferenceEngine cpu = CpuEngine.open(model(voice, Quantization.INT8_NATIVE), OPTIONS);
                InferenceEngine cuda =
                        CudaEngine.open(
                                model(voice, Quantization.INT8_CUDA),
                                drawing,
                                Emulation.device())) {
            assertThat(cuda.sampler()).isPresent();
            for (JsonNode speech : TestVectors.demoVoice()) {
                SegmentGeneration expected = generate(cpu, speech);
                SegmentGeneration actual = generate(cuda, speech);
                assertThat(actual.globals()).isEqualTo(expected.globals());
                assertThat(semantics(actual)).isEqualTo(semantics(expected));
                assertThat(actual.cutOff()).isFalse();
                assertThat(actual.globals())
                        .isEqualTo(TestVectors.ints(speech.get("globalTokens")));
                assertThat(semantics(actual))
                        .isEqualTo(TestVectors.ints(speech.get("semanticTokens")));
            }
        }
    }

    /**
     * Weights of 16 bits are so close to those of 32 that all tokens are the reference's. The
     * shortest speech, for the emulation takes its time.
     */
    @Test
    void testSpeechWithWeightsOf16BitsHasTheReferenceTokens() throws IOException {
        assumeTrue(Emulation.hasDevice(), "built without a C++ compiler: no emulation");
        DemoVoice voice = DemoVoice.unpack(directory);
        EngineOptions drawing = new EngineOptions(1, 1, false, false, SamplingPlace.DEVICE);
        try (InferenceEngine cuda =
                CudaEngine.open(
                        model(voice, Quantization.FP16_CUDA), drawing, Emulation.device())) {
            JsonNode speech =
                    TestVectors.demoVoice().stream()
                            .min(Comparator.comparingInt(one -> tokens(one).length))
                            .orElseThrow();
            SegmentGeneration actual = generate(cuda, speech);
            assertThat(actual.globals()).isEqualTo(TestVectors.ints(speech.get("globalTokens")));
            assertThat(semantics(actual)).isEqualTo(TestVectors.ints(speech.get("semanticTokens")));
        }
    }

    private static int[] semantics(SegmentGeneration generation) {
        return generation.semantics(0, generation.semanticCount());
    }

    private static SegmentGeneration generate(InferenceEngine engine, JsonNode speech) {
        SegmentGeneration generation =
                new SegmentGeneration(
                        Long.parseUnsignedLong(speech.get("seed").asText()),
                        0,
                        GenerationProgress.START,
                        new GenerationLimits(0, 2048),
                        SamplingParameters.SEMANTIC);
        new UnbatchedGenerator(engine).generate(TestVectors.ints(speech.get("prompt")), generation);
        return generation;
    }

    private static int[] tokens(JsonNode speech) {
        IntStream.Builder tokens = IntStream.builder();
        Arrays.stream(TestVectors.ints(speech.get("prompt"))).forEach(tokens);
        Arrays.stream(TestVectors.ints(speech.get("globalTokens")))
                .map(token -> IdSpace.GLOBAL_OFFSET + token)
                .forEach(tokens);
        tokens.add(IdSpace.TAG_1);
        Arrays.stream(TestVectors.ints(speech.get("semanticTokens"))).forEach(tokens);
        return tokens.build().toArray();
    }

    private static void assertSame(InferenceEngine cpu, InferenceEngine cuda, String when) {
        float[] expected = new float[IdSpace.SEMANTIC_LOGITS];
        float[] logits = new float[IdSpace.SEMANTIC_LOGITS];
        cpu.logits(1, expected, expected.length);
        cuda.logits(1, logits, logits.length);
        assertThat(Arrays.equals(logits, expected)).as(when).isTrue();
    }

    private ModelDirectory model(DemoVoice voice, Quantization quantization) throws IOException {
        return new ModelCache(directory.resolve("cache"))
                .open(voice.checkpoint(), Optional.of(quantization), IdSpace.SEMANTIC_LOGITS);
    }
}
