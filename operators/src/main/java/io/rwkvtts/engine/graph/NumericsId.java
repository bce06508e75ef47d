package io.rwkvtts.engine.graph;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.onnx.OnnxRuntime;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Identity of what turns weights and tokens into bits. It is found by computing: the state after a
 * few fixed tokens tells processors apart that have other kernels, which no name of a processor
 * does reliably. So ids can only be compared between engines with the same weights.
 */
public final class NumericsId {

    private static final int STEPS = 8;
    private static final int STRIDE = 7919;

    private NumericsId() {}

    /**
     * The id of an engine with a model.
     *
     * @param engine its slot 0 is used and cleared
     */
    public static String of(InferenceEngine engine, int vocabRows, ModelDirectory model) {
        engine.clear(0);
        for (int i = 0; i < STEPS; i++) {
            engine.step(new int[] {0}, new int[] {(1 + i * STRIDE) % vocabRows}, 1);
        }
        MessageDigest digest = sha256();
        for (String part :
                new String[] {
                    model.graphVersion(), model.quantization().label(), OnnxRuntime.version()
                }) {
            digest.update((part + "\n").getBytes(StandardCharsets.UTF_8));
        }
        digest.update(engine.saveState(0));
        engine.clear(0);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
