package io.rwkvtts.engine.cpu;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.util.Random;

/**
 * Draws on a thread on which subnormal numbers are zero, which a user of ONNX Runtime in the same
 * process can bring about by an option of its first session. Argument: a model.
 */
final class DrawWithoutSubnormals {

    private static final int LENGTH = 300;
    private static final int FORBIDDEN = LENGTH - 1;

    private DrawWithoutSubnormals() {}

    public static void main(String[] arguments) throws Exception {
        double[] smallest = {Double.MIN_VALUE};
        try (SessionOptions options = new SessionOptions()) {
            options.addConfigEntry("session.set_denormal_as_zero", "1");
            try (OrtSession session =
                    OrtEnvironment.getEnvironment().createSession(arguments[0], options)) {
                System.out.println("subnormal sum " + (smallest[0] + smallest[0]));
                System.out.println("forbidden drawn " + forbiddenDrawn());
            }
        }
    }

    private static int forbiddenDrawn() {
        Random random = new Random(1);
        Sampler sampler = new Sampler(LENGTH);
        SamplingParameters all = new SamplingParameters(1, 1, 0);
        float[] logits = new float[LENGTH];
        int drawn = 0;
        for (int i = 0; i < 1000; i++) {
            for (int id = 0; id < LENGTH; id++) {
                logits[id] = (float) random.nextGaussian();
            }
            int token = sampler.sample(logits, LENGTH, FORBIDDEN, all, Math.nextDown(1.0));
            drawn += token == FORBIDDEN ? 1 : 0;
        }
        return drawn;
    }
}
