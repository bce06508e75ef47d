package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkDefaultsTest {

    @Test
    void testLeavesWhatIsSet() {
        Configuration own = new Configuration();
        own.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMinutes(1));

        ReadableConfig filled = filled(own);

        assertThat(filled.get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(filled.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "state.backend, state.backend.type, rocksdb",
        "restart-strategy, restart-strategy.type, fixed-delay",
        "state.checkpoint-storage, execution.checkpointing.storage, jobmanager",
        "execution.checkpointing.unaligned, execution.checkpointing.unaligned.enabled, false"
    })
    void testLeavesWhatIsSetUnderAnOlderKey(String olderKey, String key, String value) {
        Configuration own = new Configuration();
        own.setString(olderKey, value);

        Map<String, String> filled = filled(own).toMap();

        assertThat(filled).containsEntry(olderKey, value);
        assertThat(filled.getOrDefault(key, value)).isEqualTo(value);
    }

    @Test
    void testNeedsADirectoryForCheckpoints() {
        Configuration own = new Configuration();

        assertThatThrownBy(() -> FlinkDefaults.requireCheckpointDirectory(filled(own)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("execution.checkpointing.dir is not set");

        own.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "");
        assertThatThrownBy(() -> FlinkDefaults.requireCheckpointDirectory(filled(own)))
                .hasMessageContaining("execution.checkpointing.dir is not set");

        own.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "/check points");
        assertThatThrownBy(() -> FlinkDefaults.requireCheckpointDirectory(filled(own)))
                .hasMessageContaining("execution.checkpointing.dir is /check points: expected")
                .hasMessageContaining("file:///");

        own.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file:///checkpoints");
        assertThatCode(() -> FlinkDefaults.requireCheckpointDirectory(filled(own)))
                .doesNotThrowAnyException();
    }

    @Test
    void testAnotherStorageNeedsNoDirectory() {
        Configuration own = new Configuration();
        own.set(CheckpointingOptions.CHECKPOINT_STORAGE, "jobmanager");

        assertThatCode(() -> FlinkDefaults.requireCheckpointDirectory(filled(own)))
                .doesNotThrowAnyException();
    }

    private static ReadableConfig filled(Configuration own) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(own);
        FlinkDefaults.fill(environment);
        return environment.getConfiguration();
    }
}
