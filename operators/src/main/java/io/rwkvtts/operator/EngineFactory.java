package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.io.Serializable;

/** Opens an engine on the TaskManager that will step it. */
@FunctionalInterface
public interface EngineFactory extends Serializable {

    /**
     * A new engine, owned by the caller.
     *
     * @throws IOException if the model cannot be read
     * @throws IllegalArgumentException if the model is not one that the engine can run
     */
    InferenceEngine open() throws IOException;
}
