package io.rwkvtts.model;

import io.rwkvtts.checkpoint.ModelShape;
import java.io.IOException;

/** The embedding of tokens (spec 1.3, step 1), ln0 applied to the table once for all. */
final class Embedding {

    private static final float NORM_EPSILON = 1e-5f;

    private Embedding() {}

    /** Rows of the table for {@code tokens} [M], [M, D]. */
    static String of(OnnxGraph graph, GraphWeights weights, ModelShape shape, String tokens)
            throws IOException {
        String table = table(graph, weights, shape);
        return graph.node("Gather", table, tokens).attribute("axis", 0).out();
    }

    /** The table, [V, D]. */
    static String table(OnnxGraph graph, GraphWeights weights, ModelShape shape)
            throws IOException {
        float[] scale = weights.values("blocks.0.ln0.weight");
        float[] bias = weights.values("blocks.0.ln0.bias");
        return graph.weights(
                "emb.ln0",
                (from, to) -> {
                    float[] rows = weights.rows("emb.weight", from, to);
                    for (int row = 0; row < rows.length; row += scale.length) {
                        normalise(rows, row, scale, bias);
                    }
                    return rows;
                },
                shape.vocabRows(),
                shape.width());
    }

    private static void normalise(float[] rows, int from, float[] scale, float[] bias) {
        double mean = 0;
        for (int i = 0; i < scale.length; i++) {
            mean += rows[from + i];
        }
        mean /= scale.length;
        double variance = 0;
        for (int i = 0; i < scale.length; i++) {
            double difference = rows[from + i] - mean;
            variance += difference * difference;
        }
        double factor = 1 / Math.sqrt(variance / scale.length + NORM_EPSILON);
        for (int i = 0; i < scale.length; i++) {
            rows[from + i] = (float) ((rows[from + i] - mean) * factor * scale[i] + bias[i]);
        }
    }
}
