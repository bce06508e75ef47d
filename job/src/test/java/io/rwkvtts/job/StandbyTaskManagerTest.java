package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.RecordedLog;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a task takes what was opened ahead is shown by EngineLeaseTest and ChaosITCase. */
class StandbyTaskManagerTest {

    /** The job names it when it comes; until then the TaskManager can serve another one. */
    @Test
    void testModelThatIsMissingIsAWarning(@TempDir Path directory) {
        Configuration options = new Configuration();
        options.set(SpeechModel.MODEL, directory.resolve("missing").toString());

        try (RecordedLog log = new RecordedLog(Level.WARN)) {
            StandbyTaskManager.open(options);
            assertThat(log.lines())
                    .anyMatch(line -> line.contains("No engine was opened ahead of a job: "));
        }
    }
}
