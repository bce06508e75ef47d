package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceEngineContract;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.model.GraphForm;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link CpuEngine} by the contract, in several precisions, with one and with two threads. */
class CpuEngineContractTest {

    private static final int BATCH = 17;

    private static final Map<Quantization, ModelDirectory> MODELS =
            new EnumMap<>(Quantization.class);

    @TempDir private static Path directory;

    @BeforeAll
    static void exportModels() throws IOException {
        Path file =
                TestModels.randomCheckpoint(
                        directory.resolve("random.safetensors"),
                        ModelShape.proportioned(2, 768, 9000, 8193));
        for (Quantization quantization : Quantization.values()) {
            Path target = directory.resolve(quantization.label());
            MODELS.put(quantization, TestModels.export(file, quantization, target));
        }
    }

    private static InferenceEngine open(Quantization quantization, int slots, int threads) {
        TestModels.assumeOperators(quantization);
        return CpuEngine.open(
                MODELS.get(quantization), new EngineOptions(slots, threads, false, false));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_CUDA")
    void testResultsHaveTheSameBitsWithAnyNumberOfThreads(Quantization quantization) {
        List<byte[]> one = results(quantization, 1);
        for (int threads = 2; threads <= 3; threads++) {
            List<byte[]> more = results(quantization, threads);
            for (int slot = 0; slot < BATCH; slot++) {
                assertThat(Arrays.equals(more.get(slot), one.get(slot)))
                        .as("slot %d with %d threads", slot, threads)
                        .isTrue();
            }
        }
    }

    /**
     * Whoever samples refuses it; a model must not continue with noise. A token-shift vector is a
     * norm, which has numbers only or none at all, so a part of one is asked only of forms that
     * tell.
     */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*_CUDA")
    void testANumberThatIsNoneAnywhereInAStateShowsInTheLogits(Quantization quantization) {
        int layers = 2;
        int width = 768;
        int shifts = 2 * layers;
        List<Integer> places = new ArrayList<>();
        if (quantization == Quantization.NONE || quantization.graph() == GraphForm.NATIVE) {
            for (int shift = 0; shift < shifts; shift++) {
                places.add(shift * width + 70);
            }
        }
        for (int head = 0; head < layers * width / 64; head++) {
            places.add(shifts * width + head * 64 * 64 + 70);
        }
        try (InferenceEngine engine = open(quantization, 1, 1)) {
            engine.step(new int[] {0}, new int[] {7}, 1);
            byte[] state = engine.saveState(0);
            float[] logits = new float[8193];
            for (int place : places) {
                for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                    byte[] broken = state.clone();
                    ByteBuffer.wrap(broken)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putFloat(Float.BYTES * place, value);
                    engine.loadState(0, broken);
                    engine.step(new int[] {0}, new int[] {8}, 1);
                    engine.logits(0, logits, logits.length);
                    assertThat(logits).as("%s at %d", value, place).containsOnly(Float.NaN);
                }
            }
        }
    }

    /** Logits and state of each slot after prompts of unlike lengths and three steps. */
    private static List<byte[]> results(Quantization quantization, int threads) {
        Random random = new Random(5);
        List<PromptPiece> prompts = new ArrayList<>();
        for (int slot = 0; slot < BATCH; slot++) {
            int[] tokens = random.ints(1 + 2 * slot, 0, 9000).toArray();
            prompts.add(new PromptPiece(slot, tokens, 0, tokens.length));
        }
        int[] slots = IntStream.range(0, BATCH).toArray();
        List<byte[]> results = new ArrayList<>();
        try (InferenceEngine engine = open(quantization, BATCH, threads)) {
            engine.prefill(prompts);
            for (int t = 0; t < 3; t++) {
                engine.step(slots, random.ints(BATCH, 0, 9000).toArray(), BATCH);
            }
            float[] logits = new float[8193];
            for (int slot : slots) {
                engine.logits(slot, logits, logits.length);
                byte[] state = engine.saveState(slot);
                ByteBuffer result = ByteBuffer.allocate(Float.BYTES * logits.length + state.length);
                result.asFloatBuffer().put(logits);
                results.add(result.put(Float.BYTES * logits.length, state).array());
            }
        }
        return results;
    }

    @Nested
    @ParameterizedClass
    @CsvSource({
        "NONE, 1",
        "NONE, 2",
        "FP16, 1",
        "FP16, 2",
        "INT8, 1",
        "INT8, 2",
        "INT8_NATIVE, 1",
        "INT8_NATIVE, 2",
        "INT4_NATIVE, 1",
        "INT4_NATIVE, 2",
    })
    class ByTheContract extends InferenceEngineContract {
        @Parameter(0)
        private Quantization quantization;

        @Parameter(1)
        private int threads;

        @Override
        protected InferenceEngine open(int slots) {
            return CpuEngineContractTest.open(quantization, slots, threads);
        }
    }
}
