package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OnnxTensor;
import io.rwkvtts.model.GraphNames;
import java.util.Map;

/**
 * Inputs and outputs of the model for a call, by name. The states are the same for all calls and
 * stay open when this is closed.
 */
record CallTensors(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs)
        implements AutoCloseable {

    @Override
    public void close() {
        inputs.forEach(
                (name, tensor) -> {
                    if (!name.equals(GraphNames.STATES)) {
                        tensor.close();
                    }
                });
        outputs.values().forEach(OnnxTensor::close);
    }
}
