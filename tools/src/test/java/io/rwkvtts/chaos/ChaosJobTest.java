package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ChaosJobTest {

    private static final Path DAMAGED = Path.of("/checkpoints/run/chk-7/state");

    @Test
    void testTheCheckpointIsTheOneOfTheErrorsCommand() {
        Exception error =
                failed(
                        DAMAGED
                                + " is damaged: its checksum does not hold. Continue: ./tts run"
                                + " --from-checkpoint file:/checkpoints/run/chk-6 (on a cluster)");

        assertThat(ChaosJob.olderCheckpoint(error, DAMAGED))
                .isEqualTo("file:/checkpoints/run/chk-6");
    }

    @Test
    void testAnErrorThatNamesNeitherFileNorCheckpointIsAFault() {
        Exception otherFile = failed("chk-7/other: --from-checkpoint file:/checkpoints/run/chk-6");
        Exception noCheckpoint = failed(DAMAGED + " is damaged: --from-checkpoint PATH");

        assertThatIllegalStateException()
                .isThrownBy(() -> ChaosJob.olderCheckpoint(otherFile, DAMAGED))
                .withMessageContaining(DAMAGED.toString())
                .withCause(otherFile);
        assertThatIllegalStateException()
                .isThrownBy(() -> ChaosJob.olderCheckpoint(noCheckpoint, DAMAGED))
                .withCause(noCheckpoint);
    }

    private static Exception failed(String message) {
        return new ExecutionException("the job failed", new IOException(message));
    }
}
