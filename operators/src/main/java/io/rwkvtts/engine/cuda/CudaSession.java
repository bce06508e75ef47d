package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.RunOptions;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.OnnxRuntime;
import java.util.Collections;

/** An exported model in ONNX Runtime's CUDA provider. */
final class CudaSession implements AutoCloseable {

    private static final String GRAPH_ID = "gpu_graph_id";
    private static final String UNCAPTURED = "-1";

    private final OrtSession session;
    private final Launching launching;
    private final RunOptions eager;

    CudaSession(ModelDirectory model, CudaDevice device, Launching launching) throws OrtException {
        this.launching = launching;
        try (SessionOptions options = new SessionOptions()) {
            // The host only launches kernels.
            options.setIntraOpNumThreads(1);
            device.addTo(options, launching == Launching.CAPTURED);
            session = OnnxRuntime.environment().createSession(model.graph().toString(), options);
        }
        eager = options(UNCAPTURED);
    }

    /**
     * Options of a step whose tensors are the same at each run. The first run is captured; what it
     * computes is computed more than once.
     *
     * @param number of the step, from 0
     */
    RunOptions captured(int number) throws OrtException {
        return options(Integer.toString(number + 1));
    }

    private RunOptions options(String graph) throws OrtException {
        RunOptions options = new RunOptions();
        if (launching == Launching.CAPTURED) {
            options.addRunConfigEntry(GRAPH_ID, graph);
        }
        return options;
    }

    /** Runs the model once, with tensors of any shape. */
    void run(CallTensors call) {
        run(call, eager);
    }

    void run(CallTensors call, RunOptions options) {
        try {
            session.run(call.inputs(), Collections.emptySet(), call.outputs(), options).close();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to run the model on the device", e);
        }
    }

    @Override
    public void close() throws OrtException {
        eager.close();
        session.close();
    }
}
