package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxTensor;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.CallArguments;
import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InvarianceCheck;
import io.rwkvtts.engine.LatestCall;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.graph.NumericsId;
import io.rwkvtts.model.GraphForm;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.NativeOperators;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link InferenceEngine} on ONNX Runtime's CPU provider.
 *
 * <p>The states of all slots lie outside the Java heap and are updated in place. A call computes
 * its slots as the rows of one batch; a prefill pads them to its longest piece, so pieces of like
 * length waste least.
 *
 * <p>State layout 1: 32-bit floats, little-endian; for each layer the token-shift vectors of the
 * time mix and of the channel mix, D each; then for each layer the matrix state [H, 64, 64], key
 * index before value index, times 2^−40 (exact but for numbers below 2^−86, which lose digits).
 */
public final class CpuEngine implements InferenceEngine {

    private static final Logger LOG = LoggerFactory.getLogger(CpuEngine.class);

    private final ModelSession session;
    private final StateRows states;
    private final SlotRows rows;
    private final RowBindings bindings;
    private final PromptMemory prompts;
    private final CallArguments arguments;
    private final int slots;
    private final int vocabRows;
    private final int headRows;
    private EngineModel model;

    private final LatestCall latest;

    private boolean failed;
    private boolean closed;

    private CpuEngine(ModelDirectory directory, EngineOptions options) {
        slots = options.slots();
        vocabRows = directory.shape().vocabRows();
        headRows = directory.headRows();
        Map<String, long[]> stateShapes = StateShapes.of(directory.shape());
        states = new StateRows(stateShapes.values(), slots);
        rows = new SlotRows(states, slots);
        bindings = new RowBindings(stateShapes, states, slots, directory.headRows());
        prompts = new PromptMemory(slots);
        latest = new LatestCall(slots, headRows);
        arguments = new CallArguments(slots, vocabRows);
        session = new ModelSession(directory, options);
    }

    /**
     * Loads a model.
     *
     * @throws io.rwkvtts.checkpoint.ModelFormatException if the model can't be loaded
     * @throws OnnxUnavailableException if ONNX Runtime is missing or can't be loaded
     * @throws IllegalArgumentException if there is not enough memory for that many slots
     */
    public static CpuEngine open(ModelDirectory directory, EngineOptions options) {
        if (directory.quantization().graph() == GraphForm.CUDA) {
            throw new ModelFormatException(
                    "%s was exported for CUDA devices (%s): export it for CPUs, as one of %s"
                            .formatted(
                                    directory.path(),
                                    directory.quantization(),
                                    String.join(", ", Quantization.described())));
        }
        CpuEngine engine;
        try {
            engine = new CpuEngine(directory, options);
        } catch (LinkageError e) {
            throw new OnnxUnavailableException(e);
        }
        try {
            engine.prepare(directory, options);
            return engine;
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** Whether this build has what models of a quantisation need. */
    public static boolean supports(Quantization quantization) {
        return switch (quantization.graph()) {
            case STANDARD -> true;
            case NATIVE -> NativeOperators.available();
            case CUDA -> false;
        };
    }

    /**
     * Whether ONNX Runtime adds up products of bytes exactly on this machine, on which {@link
     * Quantization#INT8} rests.
     *
     * @throws OnnxUnavailableException if ONNX Runtime is missing or can't be loaded
     */
    public static boolean sumsBytesExactly() {
        return ByteProducts.exact();
    }

    private void prepare(ModelDirectory directory, EngineOptions options) {
        model =
                new EngineModel(
                        directory.weightsId(),
                        NumericsId.of(this, vocabRows, directory),
                        directory.stateLayout(),
                        vocabRows,
                        headRows,
                        states.stateBytes());
        if (directory.quantization() == Quantization.INT8 && !ByteProducts.exact()) {
            LOG.warn(
                    "This processor does not add up products of bytes exactly (an x86 processor without VNNI), which the int8 model {} relies on: its speech may be bad. Export it with int8-native, int8-blocks or none.",
                    directory.path());
        }
        if (options.selfTest()) {
            SelfTests.runOnce(model, options, this::testInvariance);
        }
        // What the checks fed is nobody's latest call.
        latest.begin();
        LOG.info(
                "Loaded {}: {} slots of {} bytes, {} threads; weights {}, numerics {}",
                directory.path(),
                options.slots(),
                states.stateBytes(),
                options.threads(),
                model.weightsId(),
                model.numericsId());
    }

    private void testInvariance() {
        new InvarianceCheck(this)
                .run()
                .ifPresent(
                        difference ->
                                LOG.warn(
                                        "On this machine a result depends on what is computed beside it (differing bits: {}). The same request may give other tokens after a restart or in other company.",
                                        difference));
    }

    @Override
    public EngineModel model() {
        checkOpen();
        return model;
    }

    @Override
    public int slots() {
        checkOpen();
        return slots;
    }

    @Override
    public void clear(int slot) {
        checkOpen();
        rows.setEmpty(arguments.checkSlot(slot), true);
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        checkOpen();
        arguments.checkPieces(pieces);
        prompts.reserve(pieces);
        latest.begin();
        int[] slots = pieces.stream().mapToInt(PromptPiece::slot).toArray();
        int first = rows.gather(slots, slots.length);
        RowWindow window = bindings.window(first, slots.length);
        try (PromptBatch batch = prompts.batch(pieces, rows, first)) {
            run(window.inputsWith(batch.inputs()), window.outputs());
        }
        markFed(slots, slots.length);
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        checkOpen();
        arguments.checkStep(slots, tokens, count);
        latest.begin();
        int first = rows.gather(slots, count);
        for (int i = 0; i < count; i++) {
            bindings.setToken(rows.rowOf(slots[i]), tokens[i]);
        }
        RowWindow window = bindings.window(first, count);
        run(window.inputs(), window.outputs());
        markFed(slots, count);
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        checkOpen();
        int row = latest.rowOf(arguments.checkSlot(slot));
        latest.checkLogits(destination, count);
        bindings.copyLogits(row, destination, count);
    }

    @Override
    public byte[] saveState(int slot) {
        checkOpen();
        return rows.isEmpty(arguments.checkSlot(slot))
                ? new byte[states.stateBytes()]
                : states.save(rows.rowOf(slot));
    }

    @Override
    public void loadState(int slot, byte[] state) {
        checkOpen();
        arguments.checkSlot(slot);
        if (state.length != states.stateBytes()) {
            throw new IllegalArgumentException(
                    "a state of %d bytes: expected %d, the state of this model"
                            .formatted(state.length, states.stateBytes()));
        }
        states.load(rows.rowOf(slot), state);
        rows.setEmpty(slot, false);
    }

    @Override
    public boolean reset() {
        checkOpen();
        if (!failed) {
            for (int slot = 0; slot < slots; slot++) {
                rows.setEmpty(slot, true);
            }
            latest.begin();
        }
        return !failed;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (bindings) {
                session.close();
            }
        }
    }

    private void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        try {
            session.run(inputs, outputs);
        } catch (RuntimeException | Error e) {
            failed = true;
            throw e;
        }
    }

    private void markFed(int[] slots, int count) {
        for (int i = 0; i < count; i++) {
            latest.fed(slots[i], rows.rowOf(slots[i]));
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }
}
