package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ModelShapeTest {

    /** The figures that spec 1.3 gives for the public model of 0.4 billion weights. */
    @Test
    void testStateAndStepOfThePublicModel() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        assertThat(shape.stateFloats()).isEqualTo(1_622_016);
        long stepWeights = shape.stepWeightBytes(8_193, Quantization.NONE) / Float.BYTES;
        assertThat(stepWeights).isBetween(324_000_000L, 326_000_000L);
        assertThat(shape.parameters())
                .isEqualTo(
                        stepWeights
                                + 77_923L * 1024
                                // ln0, ln_out; then per layer ln1, ln2, ln_x, x_*, ffn.x_k, w0, a0,
                                // k_k, k_a, r_k, and v0 in all layers but the first
                                + 1024 * (4 + 24 * (6 + 6 + 1 + 5) + 23));
    }

    /** One byte a weight, but for the second LoRA matrices, and a scale for each row. */
    @Test
    void testStepOfThePublicModelInEightBits() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        long ranks = 24 * (64 + 64 + 128) + 23 * 32;
        long rows = 24 * (4 * 1024 + 4096 + 1024) + 8_193 + ranks;
        long floats = 1024 * ranks;
        long bytes = shape.stepWeightBytes(8_193, Quantization.NONE) / Float.BYTES - floats;
        assertThat(shape.stepWeightBytes(8_193, Quantization.INT8))
                .isEqualTo(bytes + Float.BYTES * (rows + floats));
    }

    /** One byte a weight and a scale for each 64, but for the LoRA matrices. */
    @Test
    void testStepOfThePublicModelInEightBitBlocks() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        long loraWeights = 2L * 1024 * (24 * (64 + 64 + 128) + 23 * 32);
        long largeWeights =
                shape.stepWeightBytes(8_193, Quantization.NONE) / Float.BYTES - loraWeights;
        assertThat(shape.stepWeightBytes(8_193, Quantization.INT8_BLOCKS))
                .isEqualTo(largeWeights + largeWeights / 64 * Float.BYTES + 4 * loraWeights);
    }

    @Test
    void testProportionsAreThoseOfThePublicModels() {
        assertThat(ModelShape.proportioned(12, 768, 12_686, 8_193))
                .isEqualTo(new ModelShape(12, 768, 12, 64, 3072, 12_686, 8_193, 64, 64, 128, 32));
        assertThat(ModelShape.proportioned(1, 64, 10, 10))
                .isEqualTo(new ModelShape(1, 64, 1, 64, 256, 10, 10, 8, 8, 16, 0));
    }

    @Test
    void testWidthMustBeAMultipleOfTheHeadSize() {
        for (int width : new int[] {-64, 0, 63, 100, 65_600, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> ModelShape.proportioned(2, width, 10, 10))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("width " + width + ": expected a multiple of");
        }
    }

    @Test
    void testSizesOutOfAllProportionAreRefused() {
        assertRefused(() -> ModelShape.proportioned(0, 64, 10, 10), "layers 0: expected 1 to 4096");
        assertRefused(() -> ModelShape.proportioned(5000, 64, 10, 10), "layers 5000");
        assertRefused(() -> ModelShape.proportioned(2, 64, 1 << 25, 10), "embedding rows 33554432");
        assertRefused(() -> ModelShape.proportioned(2, 64, 10, 0), "head rows 0");
        assertRefused(
                () -> ModelShape.proportioned(2, 64, 10, 11), "11 head rows for 10 embedding");
        assertRefused(
                () -> new ModelShape(1, 64, 1, 64, 256, 10, 10, 8, 8, 16, 8),
                "rank 8 of the value residual LoRA in a model of one layer");
        assertRefused(
                () -> new ModelShape(2, 64, 1, 64, 256, 10, 10, 8, 8, 16, 0),
                "rank of the value residual LoRA 0: expected 1 to 65536");
    }

    private static void assertRefused(Runnable construction, String message) {
        assertThatThrownBy(construction::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
