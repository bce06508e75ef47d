package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** Opens an engine on the TaskManager that will step it. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

    /**
     * A new engine, owned by the caller.
     *
     * @param gpus numbers of the GPUs that Flink manages for this TaskManager, which all subtasks
     *     of it share; empty if it manages none
     * @throws IOException if the model cannot be read
     * @throws IllegalArgumentException if the model is not one that the engine can run
     */
    InferenceEngine open(List<Integer> gpus) throws IOException;

    /**
     * What tells the engines that this opens now from others: of equal factories of this process, a
     * task may use the engine that another one has left. Empty: each task opens one of its own.
     *
     * @throws IOException if the model cannot be read
     * @throws IllegalArgumentException if no task of this process can have such an engine
     */
    default Optional<Object> identity() throws IOException {
        return Optional.empty();
    }
}
