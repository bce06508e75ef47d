package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cpu.ExactByteProducts;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tts bench quality}. */
class BenchQualityCommandTest {

    @TempDir private Path directory;

    @Test
    void testIntegersAreCloseToFloatsButNotEqual() throws IOException {
        ExactByteProducts.assumed();
        Path json = directory.resolve("quality.json");
        TtsRun run =
                TtsRun.of(
                        "bench",
                        "quality",
                        "--model=random:2x128",
                        "--tokens=100",
                        "--cache=" + directory,
                        "--json=" + json);

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).contains("SQNR dB", "greedy agreement", "random:2x128  int8");
        JsonNode quality = new ObjectMapper().readTree(json.toFile()).get("quality");
        assertThat(quality).hasSize(CpuEngine.supports(Quantization.INT8_NATIVE) ? 4 : 2);
        for (JsonNode format : quality) {
            double rms = format.get("rmsError").doubleValue();
            double deviation = format.get("logitDeviation").doubleValue();
            assertThat(format.get("tokens").intValue()).isEqualTo(100);
            boolean fourBits = format.get("quantize").textValue().equals("int4-native");
            assertThat(rms).isBetween(0.001 * deviation, (fourBits ? 0.25 : 0.1) * deviation);
            assertThat(format.get("largestError").doubleValue()).isBetween(rms, 100 * rms);
            assertThat(format.get("sqnrDb").doubleValue()).isBetween(fourBits ? 13.0 : 20, 60.0);
            assertThat(format.get("greedyAgreement").doubleValue()).isBetween(0.5, 1.0);
        }
    }
}
