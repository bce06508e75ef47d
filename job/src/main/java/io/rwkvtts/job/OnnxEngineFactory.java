package io.rwkvtts.job;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.device.EngineLadder;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.operator.EngineFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the ONNX Runtime engine of a subtask.
 *
 * @param model where its forms are, the same paths on every TaskManager
 * @param device what the engine computes on
 * @param settings how large the engine is
 * @param need memory of an engine and of the requests in its slots
 */
public record OnnxEngineFactory(
        ModelForms model, DeviceSettings device, EngineSettings settings, MemoryNeed need)
        implements EngineFactory {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngineFactory.class);

    /**
     * @throws IllegalArgumentException also if this process may not use enough memory, or the
     *     engine is to be on a device that this machine or build does not have
     */
    @Override
    public InferenceEngine open(List<Integer> gpus) throws IOException {
        logMemory(requireMemory());
        return EngineLadder.open(device.device(), device.indexes(gpus), model, options());
    }

    /**
     * None if engines may be on a device: whether one is free is known only when an engine is
     * opened.
     *
     * @throws IllegalArgumentException also if this process may not use enough memory, which an
     *     engine that is open already does not change
     */
    @Override
    public Optional<Object> identity() throws IOException {
        if (EngineLadder.looksForDevice(device.device())) {
            return Optional.empty();
        }
        requireMemory();
        ModelDirectory files = model.given();
        // The files may have been replaced.
        return Optional.of(
                List.of(
                        settings.slots(),
                        threads(),
                        settings.sampling(),
                        files.path(),
                        files.weightsId(),
                        files.quantization(),
                        files.graphVersion(),
                        files.headRows()));
    }

    private EngineOptions options() {
        return new EngineOptions(
                settings.slots(), threads(), settings.perProcess() == 1, true, settings.sampling());
    }

    private int threads() {
        return settings.threadsOf(Runtime.getRuntime().availableProcessors());
    }

    /** The memory that the engines of this process need, which it has. */
    private MemoryNeed requireMemory() {
        MemoryNeed together = need.times(settings.perProcess());
        together.requireFits(MemoryLimits.ofThisProcess());
        return together;
    }

    private void logMemory(MemoryNeed together) {
        MemoryLimits limits = MemoryLimits.ofThisProcess();
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
