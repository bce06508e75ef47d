package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OnnxTensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Inputs and outputs of the model for a step of neighbouring rows, by name. */
record RowWindow(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
        implements AutoCloseable {

    /** The inputs with other tensors in the place of some. */
    Map<String, OnnxTensor> inputsWith(Map<String, OnnxTensor> others) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>(this.inputs);
        inputs.putAll(others);
        return inputs;
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().stream().filter(tensor -> !tensor.isClosed()).forEach(OnnxTensor::close);
    }
}
