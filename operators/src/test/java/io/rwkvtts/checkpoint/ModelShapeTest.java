package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ModelShapeTest {

    /** The figure that spec 1.3 gives for the public model of 0.4 billion weights. */
    @Test
    void testStateOfThePublicModel() {
        ModelShape shape = ModelShape.proportioned(24, 1024, 77_923, 8_193);
        assertThat(shape.stateFloats()).isEqualTo(1_622_016);
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
