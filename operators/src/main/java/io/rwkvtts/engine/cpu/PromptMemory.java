package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.onnx.DirectBuffers;
import io.rwkvtts.onnx.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Memory for the tokens of one prefill after the other. It grows to the largest of them: memory
 * outside the heap that each call allocated again would wait for the garbage collector.
 */
final class PromptMemory {

    private final ByteBuffer lengths;
    private ByteBuffer tokens = DirectBuffers.allocate(0, "tokens of a prefill");

    PromptMemory(int slots) {
        lengths = DirectBuffers.allocate((long) slots * Long.BYTES, "lengths of a prefill");
    }

    /**
     * Makes room for a batch of these pieces.
     *
     * @throws IllegalArgumentException if there is not enough memory; the pieces are too many or
     *     too long for one call
     */
    void reserve(List<PromptPiece> pieces) {
        long bytes = (long) pieces.size() * longest(pieces) * Long.BYTES;
        if (bytes > tokens.capacity()) {
            tokens = DirectBuffers.allocate(bytes, "tokens of a prefill");
        }
    }

    /**
     * The pieces as a batch, which is good until the next one is made.
     *
     * @param pieces for which room has been reserved
     * @param first row of the window that the slots of the pieces have been gathered in
     */
    PromptBatch batch(List<PromptPiece> pieces, SlotRows rows, int first) {
        int count = pieces.size();
        int longest = longest(pieces);
        for (PromptPiece piece : pieces) {
            int row = rows.rowOf(piece.slot()) - first;
            lengths.putLong(row * Long.BYTES, piece.length());
            for (int i = 0; i < longest; i++) {
                int token = i < piece.length() ? piece.tokens()[piece.from() + i] : 0;
                tokens.putLong((row * longest + i) * Long.BYTES, token);
            }
        }
        try {
            return batch(count, longest);
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to use memory as a tensor", e);
        }
    }

    private PromptBatch batch(int count, int longest) throws OrtException {
        OnnxTensor tokenTensor = Tensors.integers(slice(tokens, count * longest), count, longest);
        try {
            return new PromptBatch(tokenTensor, Tensors.integers(slice(lengths, count), count));
        } catch (OrtException e) {
            tokenTensor.close();
            throw e;
        }
    }

    private static int longest(List<PromptPiece> pieces) {
        return pieces.stream().mapToInt(PromptPiece::length).max().orElseThrow();
    }

    private static ByteBuffer slice(ByteBuffer buffer, int numbers) {
        return buffer.slice(0, numbers * Long.BYTES).order(ByteOrder.nativeOrder());
    }
}
