package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.model.GraphNames;
import io.rwkvtts.onnx.DirectBuffers;
import io.rwkvtts.onnx.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The memory of all rows as tensors of ONNX Runtime: for neighbouring rows their tokens, their
 * states, which are input and output in one, and their logits. The tensors of the windows used last
 * are kept, so that a step in the same rows as the one before makes no tensor.
 */
final class RowBindings implements AutoCloseable {

    private static final int KEPT_WINDOWS = 64;

    private final Map<String, long[]> stateShapes;
    private final StateRows states;
    private final int headRows;
    private final ByteBuffer logits;
    private final FloatBuffer logitValues;
    private final ByteBuffer tokens;
    private final ByteBuffer ones;
    private final RecentWindows windows = new RecentWindows();

    RowBindings(Map<String, long[]> stateShapes, StateRows states, int rows, int headRows) {
        this.stateShapes = stateShapes;
        this.states = states;
        this.headRows = headRows;
        logits = DirectBuffers.allocate((long) rows * headRows * Float.BYTES, "logits of slots");
        logitValues = logits.asFloatBuffer();
        tokens = DirectBuffers.allocate((long) rows * Long.BYTES, "tokens of slots");
        ones = DirectBuffers.allocate((long) rows * Long.BYTES, "lengths of slots");
        for (int row = 0; row < rows; row++) {
            ones.putLong(row * Long.BYTES, 1);
        }
    }

    /** The token that the next step feeds to a row. */
    void setToken(int row, int token) {
        tokens.putLong(row * Long.BYTES, token);
    }

    /** Copies the first {@code count} logits of a row. */
    void copyLogits(int row, float[] destination, int count) {
        logitValues.get(row * headRows, destination, 0, count);
    }

    /** The tensors of {@code count} rows from {@code first}. */
    RowWindow window(int first, int count) {
        long key = (long) first << Integer.SIZE | count;
        RowWindow window = windows.get(key);
        if (window == null) {
            window = bind(first, count);
            windows.put(key, window);
        }
        return window;
    }

    @Override
    public void close() {
        windows.values().forEach(RowWindow::close);
        windows.clear();
    }

    private RowWindow bind(int first, int count) {
        RowWindow window = new RowWindow(new LinkedHashMap<>(), new LinkedHashMap<>());
        try {
            bind(first, count, window.inputs(), window.outputs());
            return window;
        } catch (OrtException e) {
            window.close();
            throw new InferenceException("ONNX Runtime failed to use memory as a tensor", e);
        }
    }

    private void bind(
            int first, int count, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
            throws OrtException {
        inputs.put(
                GraphNames.TOKENS,
                Tensors.integers(slice(tokens, first, count, Long.BYTES), count, 1));
        inputs.put(
                GraphNames.LENGTHS, Tensors.integers(slice(ones, first, count, Long.BYTES), count));
        outputs.put(
                GraphNames.LOGITS,
                Tensors.floats(
                        slice(logits, first, count, headRows * Float.BYTES), count, headRows));
        int index = 0;
        for (Map.Entry<String, long[]> state : stateShapes.entrySet()) {
            long[] shape = state.getValue().clone();
            shape[0] = count;
            OnnxTensor tensor = Tensors.floats(states.slice(index++, first, count), shape);
            inputs.put(state.getKey(), tensor);
            outputs.put(GraphNames.newState(state.getKey()), tensor);
        }
    }

    private static ByteBuffer slice(ByteBuffer buffer, int first, int count, int rowBytes) {
        return buffer.slice(first * rowBytes, count * rowBytes).order(ByteOrder.nativeOrder());
    }

    /** The windows used last, by their rows. */
    private static final class RecentWindows extends LinkedHashMap<Long, RowWindow> {

        private static final long serialVersionUID = 1L;

        RecentWindows() {
            super(KEPT_WINDOWS, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, RowWindow> eldest) {
            if (size() <= KEPT_WINDOWS) {
                return false;
            }
            eldest.getValue().close();
            return true;
        }
    }
}
