package io.rwkvtts.engine.cpu;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.model.GraphForm;
import io.rwkvtts.model.GraphNames;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.onnx.NativeOperators;
import io.rwkvtts.onnx.OnnxRuntime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** An exported model in ONNX Runtime. */
final class ModelSession implements AutoCloseable {

    private final OrtSession session;

    /**
     * @throws ModelFormatException if ONNX Runtime can't load the model, or its inputs and outputs
     *     are not those that model.json asks for
     */
    ModelSession(ModelDirectory model, EngineOptions options) {
        OrtEnvironment environment = OnnxRuntime.environment();
        try (SessionOptions sessionOptions = new SessionOptions()) {
            sessionOptions.setIntraOpNumThreads(options.threads());
            sessionOptions.addConfigEntry(
                    "session.intra_op.allow_spinning", options.spinning() ? "1" : "0");
            if (model.quantization().graph() == GraphForm.NATIVE) {
                NativeOperators.register(sessionOptions);
            }
            // Subnormal numbers count, as everywhere in Java. To take them as zero is an option of
            // ONNX Runtime that would change, for good, the one Java thread that opens the first
            // session of the process, and no other: equal calls would give unlike bits.
            session = environment.createSession(model.graph().toString(), sessionOptions);
        } catch (OrtException e) {
            throw new ModelFormatException(
                    "%s can't be loaded: %s; export the model again"
                            .formatted(model.graph(), e.getMessage()),
                    e);
        }
        try {
            checkSignature(model);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Runs the model, which writes its outputs to the memory of {@code outputs}. */
    void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        try {
            session.run(inputs, Collections.emptySet(), outputs).close();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to run the model", e);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to close the model", e);
        }
    }

    private void checkSignature(ModelDirectory model) {
        Map<String, long[]> inputs = new LinkedHashMap<>();
        Map<String, long[]> outputs = new LinkedHashMap<>();
        inputs.put(GraphNames.TOKENS, new long[] {-1, -1});
        inputs.put(GraphNames.LENGTHS, new long[] {-1});
        outputs.put(GraphNames.LOGITS, new long[] {-1, model.headRows()});
        StateShapes.of(model.shape())
                .forEach(
                        (name, shape) -> {
                            inputs.put(name, shape);
                            outputs.put(GraphNames.newState(name), shape);
                        });
        try {
            check(model, "input", inputs, session.getInputInfo());
            check(model, "output", outputs, session.getOutputInfo());
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to describe the model", e);
        }
    }

    private static void check(
            ModelDirectory model,
            String kind,
            Map<String, long[]> expected,
            Map<String, NodeInfo> found) {
        expected.forEach(
                (name, shape) -> {
                    String actual = describe(found.get(name));
                    if (!actual.equals(Arrays.toString(shape))) {
                        throw new ModelFormatException(
                                "%s: %s %s is %s: model.json asks for %s (-1: any size); export the model again"
                                        .formatted(
                                                model.graph(),
                                                kind,
                                                name,
                                                actual,
                                                Arrays.toString(shape)));
                    }
                });
    }

    private static String describe(NodeInfo info) {
        if (info == null) {
            return "missing";
        }
        return info.getInfo() instanceof TensorInfo tensor
                ? Arrays.toString(tensor.getShape())
                : info.getInfo().toString();
    }
}
