package io.rwkvtts.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.rwkvtts.packaging.ProjectFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeasurementFilesTest {

    private static final Path ENGINE =
            ProjectFiles.root().resolve("docs/measurements/engine-baseline.json");

    @Test
    void testReadsWhatBenchEngineWrites() throws IOException {
        Measurements costs =
                MeasurementFiles.read(ENGINE, Optional.empty()).of("random:0.1b", "int8-native");

        assertThat(costs.stepMs().measured()).containsOnlyKeys(1, 8, 32);
        assertThat(costs.stepMs().at(8)).isBetween(5.0, 10.0);
        assertThat(costs.prefillMs().at(128)).isBetween(35.0, 60.0);
        assertThat(costs.prefillMs().at(1)).isEqualTo(costs.stepMs().at(1));
        assertThat(costs.machine()).contains("2 processors of AMD EPYC", "2026-11-20");
    }

    @Test
    void testAModelThatWasNotMeasuredIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                MeasurementFiles.read(ENGINE, Optional.empty())
                                        .of("random:2x128", "int8"))
                .withMessageContaining("has no steps of random:2x128 int8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BuiltInMeasurements.of("random:2x128", "int8"))
                .withMessageContaining("tts bench engine --model random:2x128");
    }

    @Test
    void testAFileOfAnotherKindIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MeasurementFiles.read(ENGINE, Optional.of(ENGINE)))
                .withMessageContaining("is no file of JobReport");
    }

    /** 942 tokens/s of 8 streams are a step of 8.49 ms. */
    @Test
    void testBuiltInFiguresAreThoseOfTheJob() {
        assertThat(BuiltInMeasurements.of("random:0.1b", "int8-native").stepMs().at(8))
                .isCloseTo(8.49, within(0.01));
    }
}
