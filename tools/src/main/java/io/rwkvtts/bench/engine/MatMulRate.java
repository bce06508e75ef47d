package io.rwkvtts.bench.engine;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.model.MatMulModel;
import io.rwkvtts.onnx.DirectBuffers;
import io.rwkvtts.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/**
 * How fast this machine multiplies matrices with ONNX Runtime: the rate that bounds the steps of
 * large batches and the prefill from below. For one thread.
 */
public final class MatMulRate implements AutoCloseable {

    private final MatMulModel model;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    /**
     * Loads a product.
     *
     * @param directory an empty one, for the model's files; must outlive this object
     * @param threads threads that compute, the caller's among them
     * @throws io.rwkvtts.onnx.OnnxUnavailableException if ONNX Runtime is missing or can't be
     *     loaded
     * @throws IOException if the files can't be written
     */
    public MatMulRate(MatMulModel model, Path directory, int threads) throws IOException {
        this.model = model;
        Path graph = model.write(directory);
        boolean bytes = model.format() == MatMulModel.Format.BYTES;
        var environment = OnnxRuntime.environment();
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            session = environment.createSession(graph.toString(), options);
            inputs =
                    Map.of(
                            MatMulModel.IN,
                            tensor(
                                    bytes ? OnnxJavaType.UINT8 : OnnxJavaType.FLOAT,
                                    model.rows(),
                                    model.inner()));
            outputs =
                    Map.of(
                            MatMulModel.OUT,
                            tensor(
                                    bytes ? OnnxJavaType.INT32 : OnnxJavaType.FLOAT,
                                    model.rows(),
                                    model.columns()));
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime can't multiply as " + model, e);
        }
    }

    private static OnnxTensor tensor(OnnxJavaType type, int rows, int columns) throws OrtException {
        ByteBuffer memory =
                DirectBuffers.allocate((long) rows * columns * type.size, "matrices to multiply");
        return OnnxTensor.createTensor(
                OnnxRuntime.environment(), memory, new long[] {rows, columns}, type);
    }

    /** Multiplications and additions per second of one run, in 10⁹. */
    public double gopPerSecond() {
        long start = System.nanoTime();
        try {
            session.run(inputs, Collections.emptySet(), outputs).close();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to multiply", e);
        }
        return (double) model.operations() / (System.nanoTime() - start);
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new InferenceException("ONNX Runtime failed to close a product", e);
        }
    }
}
