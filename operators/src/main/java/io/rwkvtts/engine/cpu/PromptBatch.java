package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxTensor;
import io.rwkvtts.model.GraphNames;
import java.util.Map;

/**
 * The pieces of a prefill as inputs of the model, a row each, padded to the longest.
 *
 * @param tokens [rows, length of the longest]
 * @param lengths [rows]
 */
record PromptBatch(OnnxTensor tokens, OnnxTensor lengths) implements AutoCloseable {

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
