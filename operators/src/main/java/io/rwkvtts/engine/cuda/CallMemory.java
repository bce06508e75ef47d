package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.SamplingPlace;
import io.rwkvtts.model.GraphNames;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What goes to the device and comes back at a call, in memory that it shares with the host, so that
 * nothing is copied: tokens, lengths and slots of the rows, and their logits. These are in memory
 * of the device alone where it draws the tokens, too.
 */
final class CallMemory implements AutoCloseable {

    /** The slot of a row that only fills up a batch. */
    private static final long NO_SLOT = -1;

    private final List<DeviceMemory> all = new ArrayList<>();
    private final int headRows;
    private final DeviceMemory tokens;
    private final DeviceMemory lengths;
    private final DeviceMemory slots;
    private final DeviceMemory logits;
    private final ByteBuffer tokenValues;
    private final ByteBuffer lengthValues;
    private final ByteBuffer slotValues;

    /** All logits, or the row copied last if they are on the device alone. */
    private final FloatBuffer logitValues;

    /** The bytes of that row; null if the logits are shared. */
    private final byte[] copied;

    /**
     * @param rows most of a call
     * @param tokenCount most of a call, padded ones among them
     * @param headRows logits of a row
     * @param sampling where tokens are drawn from them
     * @throws OrtException if there is not as much memory
     */
    CallMemory(CudaDevice device, int rows, int tokenCount, int headRows, SamplingPlace sampling)
            throws OrtException {
        this.headRows = headRows;
        try {
            tokens = shared(device, tokenCount, Long.BYTES);
            lengths = shared(device, rows, Long.BYTES);
            slots = shared(device, rows, Long.BYTES);
            logits =
                    sampling == SamplingPlace.HOST
                            ? shared(device, rows, headRows * Float.BYTES)
                            : own(device.allocate((long) rows * headRows * Float.BYTES));
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
        tokenValues = tokens.buffer();
        lengthValues = lengths.buffer();
        slotValues = slots.buffer();
        copied = sampling == SamplingPlace.HOST ? null : new byte[headRows * Float.BYTES];
        ByteBuffer readable =
                copied == null
                        ? logits.buffer()
                        : ByteBuffer.wrap(copied).order(ByteOrder.nativeOrder());
        logitValues = readable.asFloatBuffer();
    }

    private DeviceMemory shared(CudaDevice device, int count, int bytes) throws OrtException {
        return own(device.allocateShared(Math.multiplyExact(count, bytes)));
    }

    private DeviceMemory own(DeviceMemory memory) {
        all.add(memory);
        return memory;
    }

    /** Whether a call of that many tokens, with those of the padding, finds room. */
    boolean holds(int tokenCount) {
        return (long) tokenCount * Long.BYTES <= tokens.bytes();
    }

    /** Puts one token for each of {@code count} slots; further rows have none. */
    void putStep(int[] slotOf, int[] tokenOf, int count, int rows) {
        for (int row = 0; row < rows; row++) {
            boolean used = row < count;
            tokenValues.putLong(row * Long.BYTES, used ? tokenOf[row] : 0);
            putRow(row, used ? slotOf[row] : NO_SLOT, 1);
        }
    }

    /** Puts pieces, each padded to the {@code longest}. */
    void putPieces(List<PromptPiece> pieces, int longest) {
        for (int row = 0; row < pieces.size(); row++) {
            PromptPiece piece = pieces.get(row);
            for (int i = 0; i < longest; i++) {
                int token = i < piece.length() ? piece.tokens()[piece.from() + i] : 0;
                tokenValues.putLong((row * longest + i) * Long.BYTES, token);
            }
            putRow(row, piece.slot(), piece.length());
        }
    }

    private void putRow(int row, long slot, long length) {
        slotValues.putLong(row * Long.BYTES, slot);
        lengthValues.putLong(row * Long.BYTES, length);
    }

    /** The tensors of a call of {@code rows} rows of {@code longest} tokens. */
    CallTensors tensors(OnnxTensor states, int rows, int longest) throws OrtException {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        CallTensors call = new CallTensors(inputs, new LinkedHashMap<>());
        try {
            inputs.put(GraphNames.TOKENS, tokens.integers(0, rows, longest));
            inputs.put(GraphNames.LENGTHS, lengths.integers(0, rows));
            inputs.put(GraphNames.SLOTS, slots.integers(0, rows));
            inputs.put(GraphNames.STATES, states);
            call.outputs().put(GraphNames.LOGITS, logits.floats(0, rows, headRows));
            return call;
        } catch (OrtException e) {
            call.close();
            throw e;
        }
    }

    /** Logits of the rows, [rows, headRows]. */
    DeviceMemory logits() {
        return logits;
    }

    /** Copies the first {@code count} logits of a row. */
    void copyLogits(int row, float[] destination, int count) {
        if (copied == null) {
            logitValues.get(row * headRows, destination, 0, count);
            return;
        }
        try {
            logits.read((long) row * copied.length, copied);
        } catch (OrtException e) {
            throw new InferenceException("logits could not be read from the device", e);
        }
        logitValues.get(0, destination, 0, count);
    }

    @Override
    public void close() {
        all.forEach(DeviceMemory::close);
    }
}
