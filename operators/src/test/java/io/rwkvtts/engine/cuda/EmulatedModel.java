package io.rwkvtts.engine.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.rwkvtts.model.GraphNames;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.onnx.Tensors;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model for CUDA devices on ONNX Runtime's CPU provider, with a device emulated. */
final class EmulatedModel implements AutoCloseable {

    private final OrtSession session;
    private final ModelDirectory model;
    private final int slots;
    final ByteBuffer states;

    EmulatedModel(ModelDirectory model, int slots, int stateBytes)
            throws OrtException, IOException {
        this.model = model;
        this.slots = slots;
        states = ByteBuffer.allocateDirect(slots * stateBytes).order(ByteOrder.nativeOrder());
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.registerCustomOpLibrary(library().toString());
            session = OnnxRuntime.environment().createSession(model.graph().toString(), options);
        }
    }

    /** The library of emulated operators; a test is skipped where there is none. */
    static Path library() throws IOException {
        URL library =
                EmulatedModel.class.getResource(
                        "/native/%s-%s/librwkvtts_emulated.so"
                                .formatted(
                                        System.getProperty("os.name"),
                                        System.getProperty("os.arch")));
        assumeTrue(library != null, "built without a C++ compiler: no emulated CUDA operators");
        return Path.of(library.getPath());
    }

    /**
     * Feeds tokens to slots, which may be −1 for none.
     *
     * @return the logits of each
     */
    float[][] feed(int[] slotOf, int[][] tokens) throws OrtException {
        int rows = slotOf.length;
        int longest = 0;
        for (int[] row : tokens) {
            longest = Math.max(longest, row.length);
        }
        ByteBuffer tokenValues = integers(rows * longest);
        ByteBuffer lengths = integers(rows);
        ByteBuffer slotValues = integers(rows);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < longest; i++) {
                tokenValues.putLong(i < tokens[row].length ? tokens[row][i] : 0);
            }
            lengths.putLong(tokens[row].length);
            slotValues.putLong(slotOf[row]);
        }
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try {
            inputs.put(GraphNames.TOKENS, Tensors.integers(tokenValues.rewind(), rows, longest));
            inputs.put(GraphNames.LENGTHS, Tensors.integers(lengths.rewind(), rows));
            inputs.put(GraphNames.SLOTS, Tensors.integers(slotValues.rewind(), rows));
            inputs.put(
                    GraphNames.STATES,
                    Tensors.floats(states, slots, states.capacity() / slots / Float.BYTES));
            try (OrtSession.Result result = session.run(inputs)) {
                return (float[][]) result.get(0).getValue();
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    byte[] state(int slot) {
        byte[] state = new byte[states.capacity() / slots];
        states.get(slot * state.length, state);
        return state;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }

    private static ByteBuffer integers(int count) {
        return ByteBuffer.allocateDirect(count * Long.BYTES).order(ByteOrder.nativeOrder());
    }
}
