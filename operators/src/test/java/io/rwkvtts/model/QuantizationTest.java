package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizationTest {

    /** They are in model.json, in the names of cached models and in numerics ids. */
    @Test
    void testLabelsAndGraphVersionsAreThoseOfExportedModels() {
        assertThat(
                        Arrays.stream(Quantization.values())
                                .collect(
                                        Collectors.toMap(
                                                Quantization::label,
                                                value -> value.graph().version())))
                .containsOnly(
                        entry("none", "rwkv7-linear-attention-4"),
                        entry("int8", "rwkv7-linear-attention-4"),
                        entry("int8-blocks", "rwkv7-linear-attention-4"),
                        entry("int8-native", "rwkv7-native-3"),
                        entry("int4-native", "rwkv7-native-3"),
                        entry("int8-cuda", "rwkv7-cuda-1"),
                        entry("fp16", "rwkv7-linear-attention-4"),
                        entry("fp16-cuda", "rwkv7-cuda-1"));
    }

    @Test
    void testEachIsFoundByItsLabelAndDescribed() {
        assertThat(Quantization.values())
                .allMatch(value -> Quantization.ofLabel(value.label()) == value);
        assertThat(
                        Quantization.described().stream()
                                .collect(
                                        Collectors.toMap(
                                                text -> text.substring(0, text.indexOf(" (")),
                                                Function.identity())))
                .containsOnlyKeys(
                        "none", "int8", "int8-native", "int4-native", "fp16", "int8-blocks");
        assertThatThrownBy(() -> Quantization.ofLabel("fp32"))
                .hasMessage(
                        "unknown quantisation 'fp32': one of none, int8, int8-native, int4-native, fp16, int8-blocks");
    }

    @Test
    void testDeviceTakesTheSameNumbersOnly() {
        assertThat(Quantization.takenByCuda()).containsExactly("int8", "int8-native", "fp16");
        assertThat(Quantization.INT8_NATIVE.onCuda()).contains(Quantization.INT8_CUDA);
        assertThat(Quantization.FP16.onCuda()).contains(Quantization.FP16_CUDA);
        assertThat(Quantization.FP16_CUDA.onCuda()).contains(Quantization.FP16_CUDA);
        assertThat(Quantization.NONE.onCuda()).isEmpty();
    }

    @Test
    void testNativeOperatorsTakeNoOtherFormatThanRows(@TempDir Path directory) throws Exception {
        try (WeightFile weights = new WeightFile(directory.resolve("weights"))) {
            OnnxGraph graph = new OnnxGraph(weights);
            MatrixFormat floats = WeightFormat.FLOATS.in(graph);
            assertThatThrownBy(() -> GraphForm.NATIVE.build(graph, null, floats, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not FloatFormat");
        }
    }

    @Test
    void testModelThatIsTooWideForADeviceIsRefused(@TempDir Path directory) throws Exception {
        ModelShape shape = ModelShape.proportioned(1, 4160, 70, 70);
        try (WeightFile weights = new WeightFile(directory.resolve("weights"))) {
            OnnxGraph graph = new OnnxGraph(weights);
            assertThatThrownBy(() -> CudaGraph.build(graph, null, null, shape, 1))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(
                            "the model is 4160 wide: the operators for CUDA devices take at most 4096");
        }
    }
}
