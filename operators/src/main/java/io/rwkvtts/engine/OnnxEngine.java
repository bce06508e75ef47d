package io.rwkvtts.engine;

import static java.util.Objects.requireNonNull;

import ai.onnxruntime.OnnxTensor;
import io.rwkvtts.model.GraphNames;
import io.rwkvtts.model.ModelDirectory;
import java.nio.ByteBuffer;
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
 * index before value index, times 2^−40 (exact but for numbers below 2^−86, which count as zero).
 */
public final class OnnxEngine implements InferenceEngine {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxEngine.class);

    private final ModelSession session;
    private final StateRows states;
    private final SlotRows rows;
    private final RowBindings bindings;
    private final int vocabRows;
    private final int headRows;
    private EngineModel model;

    /** Number of the latest call that fed the slot. */
    private final long[] fedBy;

    /** Number of the latest check that met the slot, to find one that is named twice. */
    private final long[] namedIn;

    private long calls;
    private long checks;
    private boolean closed;

    private OnnxEngine(ModelDirectory directory, EngineOptions options) {
        int slots = options.slots();
        Map<String, long[]> stateShapes = StateShapes.of(directory.shape());
        states = new StateRows(stateShapes.values(), slots);
        rows = new SlotRows(states, slots);
        bindings = new RowBindings(stateShapes, states, slots, directory.headRows());
        fedBy = new long[slots];
        namedIn = new long[slots];
        vocabRows = directory.shape().vocabRows();
        headRows = directory.headRows();
        session = new ModelSession(directory, options);
    }

    /**
     * Loads a model.
     *
     * @throws io.rwkvtts.model.ModelFormatException if the model can't be loaded
     * @throws IllegalArgumentException if there is not enough memory for so many slots
     */
    public static OnnxEngine open(ModelDirectory directory, EngineOptions options) {
        OnnxEngine engine = new OnnxEngine(directory, options);
        try {
            engine.prepare(directory, options);
            return engine;
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
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
        if (options.selfTest()) {
            new SelfTest(this)
                    .run()
                    .ifPresent(
                            difference ->
                                    LOG.warn(
                                            "On this machine a result depends on what is computed beside it (differing bits: {}). The same request may give other tokens after a restart or in other company.",
                                            difference));
        }
        // What the checks fed is nobody's latest call.
        calls++;
    }

    @Override
    public EngineModel model() {
        checkOpen();
        return model;
    }

    @Override
    public int slots() {
        checkOpen();
        return fedBy.length;
    }

    @Override
    public void clear(int slot) {
        checkOpen();
        rows.setEmpty(checkSlot(slot), true);
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        checkOpen();
        int longest = checkPieces(pieces);
        int count = pieces.size();
        int[] slots = pieces.stream().mapToInt(PromptPiece::slot).toArray();
        int first = rows.gather(slots, count);

        ByteBuffer tokens =
                DirectBuffers.allocate((long) count * longest * Long.BYTES, "tokens of a prefill");
        ByteBuffer lengths =
                DirectBuffers.allocate((long) count * Long.BYTES, "lengths of a prefill");
        for (PromptPiece piece : pieces) {
            int row = rows.rowOf(piece.slot()) - first;
            lengths.putLong(row * Long.BYTES, piece.length());
            for (int i = 0; i < piece.length(); i++) {
                int token = piece.tokens()[piece.from() + i];
                tokens.putLong((row * longest + i) * Long.BYTES, token);
            }
        }
        RowWindow window = bindings.window(first, count);
        try (OnnxTensor tokenTensor = Tensors.integers(tokens, count, longest);
                OnnxTensor lengthTensor = Tensors.integers(lengths, count)) {
            session.run(
                    window.inputsWith(
                            Map.of(
                                    GraphNames.TOKENS,
                                    tokenTensor,
                                    GraphNames.LENGTHS,
                                    lengthTensor)),
                    window.outputs());
        }
        markFed(slots, count);
    }

    @Override
    public void step(int[] slots, int[] tokens, int count) {
        checkOpen();
        checkStep(slots, tokens, count);
        int first = rows.gather(slots, count);
        for (int i = 0; i < count; i++) {
            bindings.setToken(rows.rowOf(slots[i]), tokens[i]);
        }
        RowWindow window = bindings.window(first, count);
        session.run(window.inputs(), window.outputs());
        markFed(slots, count);
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        checkOpen();
        requireNonNull(destination, "destination");
        if (fedBy[checkSlot(slot)] != calls) {
            throw new IllegalStateException(
                    "slot " + slot + " has no logits: the latest call didn't feed it");
        }
        if (count < 1 || count > headRows || count > destination.length) {
            throw new IllegalArgumentException(
                    "%d logits wanted: expected 1 to %d, into an array of that length (it has %d)"
                            .formatted(count, headRows, destination.length));
        }
        bindings.copyLogits(rows.rowOf(slot), destination, count);
    }

    @Override
    public byte[] saveState(int slot) {
        checkOpen();
        return rows.isEmpty(checkSlot(slot))
                ? new byte[states.stateBytes()]
                : states.save(rows.rowOf(slot));
    }

    @Override
    public void loadState(int slot, byte[] state) {
        checkOpen();
        checkSlot(slot);
        if (state.length != states.stateBytes()) {
            throw new IllegalArgumentException(
                    "a state of %d bytes: expected %d, the state of this model"
                            .formatted(state.length, states.stateBytes()));
        }
        states.load(rows.rowOf(slot), state);
        rows.setEmpty(slot, false);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            session.close();
            bindings.close();
        }
    }

    private void markFed(int[] slots, int count) {
        calls++;
        for (int i = 0; i < count; i++) {
            fedBy[slots[i]] = calls;
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    private int checkPieces(List<PromptPiece> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("a prefill of no pieces: expected at least one");
        }
        checks++;
        int longest = 0;
        for (PromptPiece piece : pieces) {
            checkDistinct(piece.slot());
            for (int i = piece.from(); i < piece.to(); i++) {
                checkToken(piece.tokens()[i]);
            }
            longest = Math.max(longest, piece.length());
        }
        return longest;
    }

    private void checkStep(int[] slots, int[] tokens, int count) {
        if (count < 1 || count > slots.length || count > tokens.length) {
            throw new IllegalArgumentException(
                    "a step of %d slots, with %d slots and %d tokens given: expected at least 1 and as many of both"
                            .formatted(count, slots.length, tokens.length));
        }
        checks++;
        for (int i = 0; i < count; i++) {
            checkDistinct(slots[i]);
            checkToken(tokens[i]);
        }
    }

    private int checkSlot(int slot) {
        if (slot < 0 || slot >= fedBy.length) {
            throw new IllegalArgumentException(
                    "slot %d: expected 0 to %d".formatted(slot, fedBy.length - 1));
        }
        return slot;
    }

    private void checkDistinct(int slot) {
        if (namedIn[checkSlot(slot)] == checks) {
            throw new IllegalArgumentException(
                    "slot %d is named twice in one call: expected distinct slots".formatted(slot));
        }
        namedIn[slot] = checks;
    }

    private void checkToken(int token) {
        if (token < 0 || token >= vocabRows) {
            throw new IllegalArgumentException(
                    "token %d: expected 0 to %d".formatted(token, vocabRows - 1));
        }
    }
}
