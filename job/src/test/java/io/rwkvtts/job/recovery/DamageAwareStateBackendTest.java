package io.rwkvtts.job.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.BackendBuildingException;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateBackendParametersImpl;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which failures of a restore are taken for damage of the checkpoint. */
class DamageAwareStateBackendTest {

    private static final byte[] CONTENT = "state".getBytes(UTF_8);

    @TempDir private java.nio.file.Path directory;

    static Stream<Throwable> passing() {
        return Stream.of(
                new OutOfMemoryError("Java heap space"),
                new IllegalStateException("Connection pool shut down"),
                new EOFException("the storage hung up"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void testFailureOverStateWhoseChecksumHoldsIsTriedAgain(Throwable failure) throws Exception {
        for (StreamStateHandle state : List.of(file(checked(CONTENT)), inLine(checked(CONTENT)))) {
            assertThatThrownBy(() -> restore(state, failure))
                    .isNotInstanceOf(DamagedCheckpointException.class)
                    .satisfies(
                            e ->
                                    assertThat(ExceptionUtils.findThrowable(e, failure::equals))
                                            .isPresent());
        }
    }

    @ParameterizedTest
    @MethodSource("passing")
    void testTheSameOverStateWithoutChecksumIsTakenForDamage(Throwable failure) throws Exception {
        for (StreamStateHandle state : List.of(file(CONTENT), inLine(CONTENT))) {
            assertThatThrownBy(() -> restore(state, failure))
                    .isInstanceOf(DamagedCheckpointException.class)
                    .hasRootCause(failure);
        }
    }

    private static void restore(StreamStateHandle state, Throwable failure) throws Exception {
        HashMapStateBackend failing =
                new HashMapStateBackend() {
                    @Override
                    public OperatorStateBackend createOperatorStateBackend(
                            OperatorStateBackendParameters parameters)
                            throws BackendBuildingException {
                        if (failure instanceof OutOfMemoryError error) {
                            throw error;
                        }
                        throw new BackendBuildingException("the restore failed", failure);
                    }
                };
        List<OperatorStateHandle> handles = List.of(new OperatorStreamStateHandle(Map.of(), state));
        new DamageAwareStateBackend(failing)
                .createOperatorStateBackend(
                        new OperatorStateBackendParametersImpl(
                                null, "operator", handles, new CloseableRegistry()));
    }

    private static byte[] checked(byte[] content) throws IOException {
        Checksum checksum = new Checksum();
        checksum.update(content, 0, content.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(content);
        bytes.write(checksum.trailer());
        return bytes.toByteArray();
    }

    private StreamStateHandle file(byte[] bytes) throws IOException {
        java.nio.file.Path file = Files.write(directory.resolve("state"), bytes);
        return new FileStateHandle(new Path(file.toUri()), bytes.length);
    }

    private static StreamStateHandle inLine(byte[] bytes) {
        return new ByteStreamStateHandle("state", bytes);
    }
}
