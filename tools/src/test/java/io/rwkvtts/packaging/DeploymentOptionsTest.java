package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.kafka.KafkaOptions;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.flink.configuration.CheckpointingOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options in the files that start a cluster. */
class DeploymentOptionsTest {

    /** Flink does not take it from the job; without it there is no way back from a damaged one. */
    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.gpu.yaml", "kubernetes/job.yaml"})
    void testAsManyCheckpointsAreKeptAsTheJobWants(String file) throws IOException {
        var kept = CheckpointingOptions.MAX_RETAINED_CHECKPOINTS;

        assertThat(Files.readString(ProjectFiles.root().resolve("docker").resolve(file)))
                .containsPattern(
                        "\\n +%s: \"?%d\"?\\n"
                                .formatted(kept.key(), FlinkDefaults.options().get(kept)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "compose.gpu.yaml", "kubernetes/job.yaml"})
    void testOptionsCanBeChangedWhileTheJobRuns(String file) throws IOException {
        assertThat(Files.readString(ProjectFiles.root().resolve("docker").resolve(file)))
                .containsPattern(
                        "\n +(- )?%s(: |=)tts-control\n"
                                .formatted(KafkaOptions.CONTROL_TOPIC.key()));
    }
}
