package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The code for older processors, which this one runs if the environment names it: an engine of its
 * own process has the very bits of this one's.
 */
class OtherKernelsTest {

    private static final ModelShape SHAPE =
            new ModelShape(2, 192, 3, 64, 256, 300, 270, 24, 40, 72, 16);
    private static final int SLOTS = 14;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"INT8_NATIVE", "INT4_NATIVE"})
    void testEnginesOfAllKernelsHaveTheSameBits(Quantization quantization) throws Exception {
        TestModels.assumeOperators(quantization);
        Path model = export(quantization).path();
        String expected = fingerprint(model);
        assertThat(run(model, "baseline")).isEqualTo(expected);
        if (Files.readString(Path.of("/proc/cpuinfo")).matches("(?s).*\\bavx2\\b.*")) {
            assertThat(run(model, "avx2")).isEqualTo(expected);
        }
    }

    @Test
    void testUnknownKernelsAreRefused() throws Exception {
        TestModels.assumeOperators(Quantization.INT8_NATIVE);
        assertThat(run(export(Quantization.INT8_NATIVE).path(), "sse2"))
                .contains("RWKVTTS_KERNELS: expected avx512, avx2 or baseline, and a CPU for it");
    }

    private ModelDirectory export(Quantization quantization) throws IOException {
        Path checkpoint = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), SHAPE);
        return TestModels.export(checkpoint, quantization, directory.resolve("model"));
    }

    /** What a process says that has its kernels chosen. */
    private static String run(Path model, String kernels) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherKernelsTest.class.getName(),
                        model.toString());
        builder.environment().put("RWKVTTS_KERNELS", kernels);
        Process process = builder.redirectErrorStream(true).start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        process.waitFor();
        return process.exitValue() == 0 ? said.substring(said.lastIndexOf('\n') + 1) : said;
    }

    /** The process: prints the {@link #fingerprint} of a model directory. */
    public static void main(String[] arguments) throws Exception {
        System.out.println(fingerprint(Path.of(arguments[0])));
    }

    /** Of logits and states after prompts of unlike lengths and steps of several batches. */
    private static String fingerprint(Path model) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(3);
        try (CpuEngine engine =
                CpuEngine.open(
                        ModelDirectory.open(model), new EngineOptions(SLOTS, 2, true, false))) {
            List<PromptPiece> prompts = new ArrayList<>();
            for (int slot = 0; slot < SLOTS; slot++) {
                int[] tokens = random.ints(1 + slot % 5, 0, 300).toArray();
                prompts.add(new PromptPiece(slot, tokens, 0, tokens.length));
            }
            engine.prefill(prompts);
            float[] logits = new float[engine.model().headRows()];
            for (int batch : new int[] {1, 2, 5, 8, SLOTS}) {
                int[] slots = random.ints(0, SLOTS).distinct().limit(batch).toArray();
                engine.step(slots, random.ints(batch, 0, 300).toArray(), batch);
                for (int slot : slots) {
                    engine.logits(slot, logits, logits.length);
                    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * logits.length);
                    bytes.asFloatBuffer().put(logits);
                    digest.update(bytes.array());
                    digest.update(engine.saveState(slot));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
