package io.rwkvtts.job;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.OnnxEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.EngineFactory;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens the ONNX Runtime engine of a subtask.
 *
 * @param modelDirectory path of the model directory, the same on every TaskManager
 * @param slots requests spoken at once
 * @param threads threads of a step; 0 for the processors of the machine divided by {@code engines}
 * @param engines engines that may share a machine
 */
public record OnnxEngineFactory(String modelDirectory, int slots, int threads, int engines)
        implements EngineFactory {

    @Override
    public InferenceEngine open() throws IOException {
        int processors = Runtime.getRuntime().availableProcessors();
        int computing = threads > 0 ? threads : Math.max(1, processors / engines);
        boolean spinning = engines == 1;
        return OnnxEngine.open(
                ModelDirectory.open(Path.of(modelDirectory)),
                new EngineOptions(slots, computing, spinning, true));
    }
}
