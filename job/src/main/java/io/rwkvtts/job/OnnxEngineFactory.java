package io.rwkvtts.job;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.EngineFactory;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the ONNX Runtime engine of a subtask.
 *
 * @param modelDirectory path of the model directory, the same on every TaskManager
 * @param settings how large the engine is
 * @param need memory of an engine and of the requests in its slots
 */
public record OnnxEngineFactory(String modelDirectory, EngineSettings settings, MemoryNeed need)
        implements EngineFactory {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngineFactory.class);

    /**
     * @throws IllegalArgumentException also if this process may not use enough memory
     */
    @Override
    public InferenceEngine open() throws IOException {
        requireMemory();
        ModelDirectory directory = ModelDirectory.open(Path.of(modelDirectory));
        int threads = settings.threadsOf(Runtime.getRuntime().availableProcessors());
        boolean spinning = settings.perProcess() == 1;
        return CpuEngine.open(
                directory,
                new EngineOptions(settings.slots(), threads, spinning, true, settings.sampling()));
    }

    private void requireMemory() {
        MemoryNeed together = need.times(settings.perProcess());
        MemoryLimits limits = MemoryLimits.ofThisProcess();
        together.requireFits(limits);
        LOG.info(
                "{} of {} slots in this process: {}; it may use {} MB, {} MB of them as heap, of which a full queue of the longest texts would take {} MB",
                settings.perProcess() == 1 ? "An engine" : settings.perProcess() + " engines",
                settings.slots(),
                together,
                limits.processBytes() / 1_000_000,
                limits.heapBytes() / 1_000_000,
                together.texts() / 1_000_000);
    }
}
