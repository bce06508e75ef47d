package io.rwkvtts.job.recovery;

import java.util.Collection;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;

/**
 * Flink's state on the heap, but that a checkpoint that is damaged ends the job: Flink would try
 * the same checkpoint again for ever. What may heal, such as a storage that does not answer, is
 * tried again. Checkpoints and savepoints are those of {@code hashmap}, and either backend restores
 * the other's.
 */
final class DamageAwareStateBackend implements StateBackend {

    private static final long serialVersionUID = 1L;

    private final HashMapStateBackend heap;

    DamageAwareStateBackend(HashMapStateBackend heap) {
        this.heap = heap;
    }

    @Override
    public String getName() {
        return heap.getName();
    }

    @Override
    public <K> CheckpointableKeyedStateBackend<K> createKeyedStateBackend(
            KeyedStateBackendParameters<K> parameters) throws Exception {
        return restoring(
                parameters.getStateHandles(),
                parameters.getCancelStreamRegistry(),
                () -> heap.createKeyedStateBackend(parameters));
    }

    @Override
    public OperatorStateBackend createOperatorStateBackend(
            OperatorStateBackendParameters parameters) throws Exception {
        return restoring(
                parameters.getStateHandles(),
                parameters.getCancelStreamRegistry(),
                () -> heap.createOperatorStateBackend(parameters));
    }

    private interface Restore<T> {
        T run() throws Exception;
    }

    private static <T> T restoring(
            Collection<? extends StateObject> state, CloseableRegistry reading, Restore<T> restore)
            throws Exception {
        boolean intact = true;
        for (StreamStateHandle part : StateFiles.streams(state)) {
            intact &= CheckpointFiles.requireIntact(part, reading);
        }
        try {
            return restore.run();
        } catch (Exception | OutOfMemoryError e) {
            // What was written and fails now may succeed with more memory or another connection.
            boolean damage = intact ? Damage.isInSnapshot(e) : Damage.explains(e);
            if (!state.isEmpty() && damage) {
                throw Damage.of(state, e);
            }
            throw e;
        }
    }

    @Override
    public boolean useManagedMemory() {
        return heap.useManagedMemory();
    }

    @Override
    public boolean supportsNoClaimRestoreMode() {
        return heap.supportsNoClaimRestoreMode();
    }

    @Override
    public boolean supportsSavepointFormat(SavepointFormatType format) {
        return heap.supportsSavepointFormat(format);
    }
}
