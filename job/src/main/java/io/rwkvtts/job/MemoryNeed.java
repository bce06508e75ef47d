package io.rwkvtts.job;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.PrefillSettings;
import io.rwkvtts.operator.RequestSettings;
import io.rwkvtts.operator.SnapshotSettings;
import io.rwkvtts.operator.SynthesisSettings;
import java.io.Serializable;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;

/**
 * What the engines of a process and the requests in their slots need, in bytes. All but the
 * snapshots, prefixes, early events and texts lies outside the Java heap. But for the texts it does
 * not grow with time or load.
 *
 * <p>The factors are rounded up from the anonymous resident memory of a process with a model of 12
 * layers × 768 and 32 slots after steps and prefills of 256 tokens (ONNX Runtime 1.29, x86-64): 356
 * MB with 8-bit weights, for which this says 387, and 614 MB with 32-bit floats, for which it says
 * 655.
 *
 * @param weights ONNX Runtime with its copies of the matrices, packed for the processor; the mapped
 *     file is not among it, since the system can drop its pages
 * @param states recurrent states of the slots
 * @param buffers logits of the slots, and what is in between the layers during a prefill
 * @param snapshots states of the slots that the last checkpoint holds on the heap and the next one
 *     takes
 * @param prefixes states on the heap that prompts begin with
 * @param earlyEvents events on the heap that may be held for an earlier one of their request
 * @param device memory of a CUDA device, 0 for engines on the CPU: the matrices, the embedding
 *     table, the states and what is in between the layers; reckoned, measured on no card
 * @param texts of the requests in a full queue on the heap, if all were as long as they may be; not
 *     in the sum, since hardly any load comes near it
 */
public record MemoryNeed(
        long weights,
        long states,
        long buffers,
        long snapshots,
        long prefixes,
        long earlyEvents,
        long device,
        long texts)
        implements Serializable {

    /** ONNX Runtime 1.29 itself, and what the JVM needs to run it. */
    private static final long RUNTIME = 150_000_000;

    /** Vectors of the width D that live at once for each prompt token, the channel mix apart. */
    private static final int VECTORS = 48;

    /** More than any machine has, and still a summand. */
    private static final long MOST = Long.MAX_VALUE / 8;

    /** What Flink, Kafka clients and the requests' texts take of the heap at the least. */
    private static final long OTHER_HEAP = 96L << 20;

    /**
     * The need of an engine.
     *
     * @param headRows rows of the head that are computed
     * @param slots requests that are generated at once
     */
    static MemoryNeed of(
            ModelShape shape,
            int headRows,
            Quantization quantization,
            int slots,
            SynthesisSettings synthesis) {
        long state = shape.stateFloats() * Float.BYTES;
        long prefillFloats = (long) shape.ffnWidth() + (long) VECTORS * shape.width();
        return new MemoryNeed(
                RUNTIME + quantization.weights().stepWeightBytes(shape, headRows),
                slots * state,
                ((long) slots * headRows + synthesis.prefill().chunkTokens() * prefillFloats)
                        * Float.BYTES,
                synthesis.snapshots().mode() == SnapshotSettings.Mode.STATE ? 2 * slots * state : 0,
                synthesis.prefill().prefixCacheBytes(),
                synthesis.requests().earlyEventsHeapBytes(),
                0,
                product(
                        (long) synthesis.text().maxChars() * Character.BYTES,
                        synthesis.queue().capacity()));
    }

    /**
     * The need of the same engine on a CUDA device, to which the process holds nothing but what it
     * shares with the device and the heap's part.
     *
     * @param headRows rows of the head that are computed
     * @param slots requests that are generated at once
     */
    MemoryNeed onDevice(ModelShape shape, int headRows, Quantization quantization, int slots) {
        long matrices = quantization.weights().deviceWeightBytes(shape, headRows);
        long embedding = (long) shape.vocabRows() * shape.width() * Float.BYTES;
        long shared = (long) slots * headRows * Float.BYTES;
        return new MemoryNeed(
                RUNTIME,
                0,
                shared,
                snapshots,
                prefixes,
                earlyEvents,
                matrices + embedding + states + buffers - shared,
                texts);
    }

    /**
     * The need of an engine with the job's options as they are when nobody sets them.
     *
     * @param headRows rows of the head that are computed
     * @param slots requests that are generated at once
     */
    public static MemoryNeed withDefaults(
            ModelShape shape, int headRows, Quantization quantization, int slots) {
        SynthesisSettings synthesis =
                SynthesisSettings.from(
                        new Configuration(), Path.of(""), shape.stateFloats() * Float.BYTES);
        return of(shape, headRows, quantization, slots, synthesis);
    }

    /** The need of that many engines in one process; they share what ONNX Runtime itself needs. */
    MemoryNeed times(int engines) {
        return new MemoryNeed(
                RUNTIME + product(weights - RUNTIME, engines),
                product(states, engines),
                product(buffers, engines),
                product(snapshots, engines),
                product(prefixes, engines),
                product(earlyEvents, engines),
                product(device, engines),
                product(texts, engines));
    }

    private static long product(long bytes, int engines) {
        return bytes > MOST / engines ? MOST : bytes * engines;
    }

    /**
     * Requires that there is enough.
     *
     * @throws IllegalArgumentException if not; names the options to change
     */
    void requireFits(MemoryLimits limits) {
        if (snapshots + prefixes + earlyEvents + OTHER_HEAP > limits.heapBytes()) {
            throw new IllegalArgumentException(
                    "the Java heap of %s cannot hold %s of snapshots, %s of prefixes, %s of early events and %s for the rest: lower %s, %s, %s, %s or the engines in a process (%s), set %s to tokens, or raise -Xmx (on a Flink cluster taskmanager.memory.task.heap.size)"
                            .formatted(
                                    megabytes(limits.heapBytes()),
                                    megabytes(snapshots),
                                    megabytes(prefixes),
                                    megabytes(earlyEvents),
                                    megabytes(OTHER_HEAP),
                                    EngineSettings.SLOTS.key(),
                                    PrefillSettings.PREFIX_CACHE_SIZE.key(),
                                    RequestSettings.EARLY_EVENTS_MAX_COUNT.key(),
                                    RequestSettings.EARLY_EVENTS_MAX_SIZE.key(),
                                    EngineSettings.PARALLELISM.key(),
                                    SnapshotSettings.MODE.key()));
        }
        if (processBytes() > limits.processBytes()) {
            throw new IllegalArgumentException(
                    "this process may use %s, which cannot hold engines of %s and %s for the rest of the heap: lower %s, %s or the engines in a process (%s), set %s to tokens, export the model with %s int8, or give the machine or container more memory"
                            .formatted(
                                    megabytes(limits.processBytes()),
                                    this,
                                    megabytes(OTHER_HEAP),
                                    EngineSettings.SLOTS.key(),
                                    PrefillSettings.CHUNK_TOKENS.key(),
                                    EngineSettings.PARALLELISM.key(),
                                    SnapshotSettings.MODE.key(),
                                    SpeechModel.QUANTIZE.key()));
        }
    }

    /** Bytes that the process needs, its heap included. */
    public long processBytes() {
        return sum() + OTHER_HEAP;
    }

    private long sum() {
        return weights + states + buffers + snapshots + prefixes + earlyEvents;
    }

    /** The sum and its parts, and what is on a device. */
    @Override
    public String toString() {
        return "%s (weights %s, states %s, buffers %s, snapshots on the heap %s, prefixes there %s, early events there %s)%s"
                .formatted(
                        megabytes(sum()),
                        megabytes(weights),
                        megabytes(states),
                        megabytes(buffers),
                        megabytes(snapshots),
                        megabytes(prefixes),
                        megabytes(earlyEvents),
                        device == 0
                                ? ""
                                : ", and %s on a CUDA device".formatted(megabytes(device)));
    }

    private static String megabytes(long bytes) {
        return "%,d MB".formatted(Math.round(bytes / 1e6));
    }
}
