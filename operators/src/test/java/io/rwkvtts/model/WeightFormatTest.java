package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.OfficialTensors;
import org.junit.jupiter.api.Test;

class WeightFormatTest {

    /** The figure that spec 1.3 gives for the public model of 0.4 billion weights. */
    @Test
    void testStepOfThePublicModel() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        long stepWeights = WeightFormat.FLOATS.stepWeightBytes(shape, 8_193) / Float.BYTES;
        assertThat(stepWeights).isBetween(324_000_000L, 326_000_000L);
        assertThat(OfficialTensors.parameters(shape))
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
        long bytes = WeightFormat.FLOATS.stepWeightBytes(shape, 8_193) / Float.BYTES - floats;
        assertThat(WeightFormat.INT8_ROWS.stepWeightBytes(shape, 8_193))
                .isEqualTo(bytes + Float.BYTES * (rows + floats));
    }

    /** Two bytes a weight on a device, but for the second LoRA matrices, and four on a CPU. */
    @Test
    void testStepOfThePublicModelInHalves() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        long seconds = 1024L * (24 * (64 + 64 + 128) + 23 * 32);
        long floats = WeightFormat.FLOATS.stepWeightBytes(shape, 8_193);
        assertThat(WeightFormat.HALVES.stepWeightBytes(shape, 8_193)).isEqualTo(floats);
        assertThat(WeightFormat.HALVES.deviceWeightBytes(shape, 8_193))
                .isEqualTo(2 * (floats / Float.BYTES - seconds) + Float.BYTES * seconds);
        assertThat(WeightFormat.INT8_ROWS.deviceWeightBytes(shape, 8_193))
                .isEqualTo(WeightFormat.INT8_ROWS.stepWeightBytes(shape, 8_193));
    }

    /** One byte a weight and a scale for each 64, but for the LoRA matrices. */
    @Test
    void testStepOfThePublicModelInEightBitBlocks() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        long loraWeights = 2L * 1024 * (24 * (64 + 64 + 128) + 23 * 32);
        long largeWeights =
                WeightFormat.FLOATS.stepWeightBytes(shape, 8_193) / Float.BYTES - loraWeights;
        assertThat(WeightFormat.INT8_BLOCKS.stepWeightBytes(shape, 8_193))
                .isEqualTo(largeWeights + largeWeights / 64 * Float.BYTES + 4 * loraWeights);
    }
}
