package io.rwkvtts.bench.engine;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.model.ModelDirectory;

/** Opens the engine that is measured. */
@FunctionalInterface
public interface EngineOpener {

    /** Loads a model. */
    InferenceEngine open(ModelDirectory model, EngineOptions options);
}
