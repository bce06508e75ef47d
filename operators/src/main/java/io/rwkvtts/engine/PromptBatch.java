package io.rwkvtts.engine;

import ai.onnxruntime.OnnxTensor;
import io.rwkvtts.model.GraphNames;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * The pieces of a prefill as inputs of the model, a row each, padded to the longest.
 *
 * @param tokens [rows, length of the longest]
 * @param lengths [rows]
 */
record PromptBatch(OnnxTensor tokens, OnnxTensor lengths) implements AutoCloseable {

    /**
     * @param first row of the window that the slots of the pieces have been gathered in
     */
    static PromptBatch of(List<PromptPiece> pieces, SlotRows rows, int first) {
        int count = pieces.size();
        int longest = pieces.stream().mapToInt(PromptPiece::length).max().orElseThrow();
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
        return new PromptBatch(
                Tensors.integers(tokens, count, longest), Tensors.integers(lengths, count));
    }

    /** The tensors by the names of the inputs. */
    Map<String, OnnxTensor> inputs() {
        return Map.of(GraphNames.TOKENS, tokens, GraphNames.LENGTHS, lengths);
    }

    @Override
    public void close() {
        tokens.close();
        lengths.close();
    }
}
