package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.protocol.IdSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What fewer bits change in a trained model. */
class QuantizedDemoVoiceTest {

    @TempDir private Path directory;

    /**
     * Fed the same speech, all forms of the model expect the same token next. Measured on a
     * processor with AVX-512 VNNI: at all 705 places with each of the forms.
     */
    @ParameterizedTest
    @EnumSource(
            value = Quantization.class,
            mode = EnumSource.Mode.MATCH_NONE,
            names = "NONE|.*_CUDA")
    void testFewerBitsExpectTheSameTokenNext(Quantization quantization) throws IOException {
        assumeTrue(CpuEngine.supports(quantization), "no native operators in this build");
        int positions = 0;
        int equal = 0;
        try (InferenceEngine floats = open(Quantization.NONE);
                InferenceEngine bytes = open(quantization)) {
            for (JsonNode c : TestVectors.demoVoice()) {
                int[] expected = likeliest(floats, c);
                int[] actual = likeliest(bytes, c);
                positions += expected.length;
                for (int i = 0; i < expected.length; i++) {
                    equal += expected[i] == actual[i] ? 1 : 0;
                }
            }
        }
        assertThat(positions).isGreaterThan(400);
        assertThat(equal).isGreaterThanOrEqualTo(positions * 98 / 100);
    }

    private InferenceEngine open(Quantization quantization) throws IOException {
        ModelCache cache = new ModelCache(directory.resolve("cache"));
        return CpuEngine.open(
                DemoVoice.model(cache, Optional.of(quantization)).directory(),
                new EngineOptions(1, 1, false, false));
    }

    /** The token with the largest logit before each token of a speech, and at its end. */
    private static int[] likeliest(InferenceEngine engine, JsonNode speech) {
        engine.clear(0);
        feed(engine, TestVectors.ints(speech.get("prompt")));
        IntStream.Builder likeliest = IntStream.builder();
        for (int global : TestVectors.ints(speech.get("globalTokens"))) {
            likeliest.add(likeliest(engine, IdSpace.GLOBAL_LOGITS));
            feed(engine, IdSpace.GLOBAL_OFFSET + global);
        }
        feed(engine, IdSpace.TAG_1);
        for (int semantic : TestVectors.ints(speech.get("semanticTokens"))) {
            likeliest.add(likeliest(engine, IdSpace.SEMANTIC_LOGITS));
            feed(engine, semantic);
        }
        likeliest.add(likeliest(engine, IdSpace.SEMANTIC_LOGITS));
        return likeliest.build().toArray();
    }

    private static void feed(InferenceEngine engine, int... tokens) {
        engine.prefill(List.of(new PromptPiece(0, tokens, 0, tokens.length)));
    }

    private static int likeliest(InferenceEngine engine, int choices) {
        float[] logits = new float[choices];
        engine.logits(0, logits, choices);
        return IntStream.range(0, choices)
                .reduce(0, (best, id) -> logits[id] > logits[best] ? id : best);
    }
}
