package io.rwkvtts.job.recovery;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.AbstractChannelStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;

/** The files that state is in. Small state is in none but the checkpoint's {@code _metadata}. */
final class StateFiles {

    private StateFiles() {}

    /** All of a checkpoint, but its {@code _metadata}. */
    static List<FileStateHandle> of(CheckpointMetadata checkpoint) {
        return of(
                checkpoint.getOperatorStates().stream()
                        .flatMap(operator -> operator.getStates().stream())
                        .flatMap(StateFiles::parts));
    }

    /** Those of some parts of a checkpoint. */
    static List<FileStateHandle> of(Collection<? extends StateObject> parts) {
        return of(parts.stream());
    }

    private static List<FileStateHandle> of(Stream<? extends StateObject> parts) {
        return streams(parts)
                .filter(FileStateHandle.class::isInstance)
                .map(FileStateHandle.class::cast)
                .toList();
    }

    /** What some parts of a checkpoint are read from, files or not. */
    static List<StreamStateHandle> streams(Collection<? extends StateObject> parts) {
        return streams(parts.stream()).toList();
    }

    private static Stream<StreamStateHandle> streams(Stream<? extends StateObject> parts) {
        return parts.map(StateFiles::stream).filter(Objects::nonNull).distinct();
    }

    private static Stream<StateObject> parts(OperatorSubtaskState subtask) {
        return Stream.of(
                        subtask.getManagedKeyedState(),
                        subtask.getRawKeyedState(),
                        subtask.getManagedOperatorState(),
                        subtask.getRawOperatorState(),
                        subtask.getInputChannelState(),
                        subtask.getResultSubpartitionState(),
                        subtask.getUpstreamOutputBufferState())
                .filter(Objects::nonNull)
                .flatMap(Collection::stream);
    }

    /** What a part is read from. */
    private static StreamStateHandle stream(StateObject part) {
        if (part instanceof KeyGroupsStateHandle keyed) {
            return keyed.getDelegateStateHandle();
        }
        if (part instanceof OperatorStateHandle operator) {
            return operator.getDelegateStateHandle();
        }
        if (part instanceof AbstractChannelStateHandle<?> channel) {
            return channel.getDelegate();
        }
        return null;
    }
}
