package io.rwkvtts.job;

import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.operator.SynthesisSettings.SnapshotMode;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the ONNX Runtime engine of a subtask.
 *
 * @param modelDirectory path of the model directory, the same on every TaskManager
 * @param slots requests spoken at once
 * @param prefillTokens most prompt tokens of a call
 * @param snapshotMode what a checkpoint keeps of a slot
 * @param prefixCacheBytes bytes of states kept behind beginnings of prompts
 * @param earlyEventBytes bytes of events that may be held for an earlier one
 * @param queueCapacity requests that may wait
 * @param maxTextChars most characters of a request
 * @param threads threads of a step; 0 for the processors divided by {@code enginesPerProcess}
 * @param enginesPerProcess engines that may share a process, its processors and its memory
 */
public record OnnxEngineFactory(
        String modelDirectory,
        int slots,
        int prefillTokens,
        SnapshotMode snapshotMode,
        long prefixCacheBytes,
        long earlyEventBytes,
        int queueCapacity,
        int maxTextChars,
        int threads,
        int enginesPerProcess)
        implements EngineFactory {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngineFactory.class);

    /**
     * @throws IllegalArgumentException also if this process may not use enough memory
     */
    @Override
    public InferenceEngine open() throws IOException {
        ModelDirectory directory = ModelDirectory.open(Path.of(modelDirectory));
        requireMemory(directory);
        int computing = threadsOf(Runtime.getRuntime().availableProcessors());
        boolean spinning = enginesPerProcess == 1;
        return CpuEngine.open(directory, new EngineOptions(slots, computing, spinning, true));
    }

    /** Engines of other processes have other processors, on other machines usually. */
    int threadsOf(int processors) {
        return threads > 0 ? threads : Math.max(1, processors / enginesPerProcess);
    }

    private void requireMemory(ModelDirectory directory) {
        MemoryNeed need =
                MemoryNeed.of(
                                directory.shape(),
                                directory.headRows(),
                                directory.quantization(),
                                slots,
                                prefillTokens,
                                snapshotMode,
                                prefixCacheBytes,
                                earlyEventBytes,
                                queueCapacity,
                                maxTextChars)
                        .times(enginesPerProcess);
        MemoryLimits limits = MemoryLimits.ofThisProcess();
        need.requireFits(limits);
        LOG.info(
                "{} of {} slots in this process: {}; it may use {} MB, {} MB of them as heap, of which a full queue of the longest texts would take {} MB",
                enginesPerProcess == 1 ? "An engine" : enginesPerProcess + " engines",
                slots,
                need,
                limits.processBytes() / 1_000_000,
                limits.heapBytes() / 1_000_000,
                need.texts() / 1_000_000);
    }
}
