package io.rwkvtts.checkpoint;

import java.util.HashMap;
import java.util.Map;

/**
 * RWKV-7 in double precision, one token at a time, straight from spec 1.3 and without regard to
 * speed: what other implementations are held against.
 *
 * <p>The state is open to be looked at and copied: {@link #attentionShift} [layer][D], {@link #wkv}
 * [layer][head][value index][key index] and {@link #channelShift} [layer][D].
 */
public final class ReferenceForward {

    private static final double NORM_EPSILON = 1e-5;
    private static final double GROUP_NORM_EPSILON = 64e-5;
    private static final double DECAY = -0.606531;

    private final ModelShape shape;
    private final Map<String, float[]> tensors = new HashMap<>();

    /** Last ln1 output of each layer. */
    public final double[][] attentionShift;

    /** Matrix of each layer and head, rows by value index. */
    public final double[][][][] wkv;

    /** Last ln2 output of each layer. */
    public final double[][] channelShift;

    /** Starts with the zero state. The checkpoint may be closed afterwards. */
    public ReferenceForward(Checkpoint checkpoint) {
        shape = checkpoint.shape();
        OfficialTensors.of(shape).forEach(t -> tensors.put(t.name(), checkpoint.tensor(t.name())));
        int layers = shape.layers();
        attentionShift = new double[layers][shape.width()];
        channelShift = new double[layers][shape.width()];
        wkv = new double[layers][shape.heads()][shape.headSize()][shape.headSize()];
    }

    /** Feeds the tokens one after another; the logits after the last, one per head row. */
    public double[] feed(int... tokens) {
        double[] x = null;
        for (int token : tokens) {
            x = step(token);
        }
        return multiply("head.weight", norm("ln_out", x));
    }

    private double[] step(int token) {
        int width = shape.width();
        double[] x = new double[width];
        for (int i = 0; i < width; i++) {
            x[i] = tensors.get("emb.weight")[token * width + i];
        }
        x = norm("blocks.0.ln0", x);
        double[] firstValue = new double[width];
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "blocks." + layer + ".";
            double[] u = norm(block + "ln1", x);
            x = plus(x, timeMix(layer, u, firstValue));
            attentionShift[layer] = u;
            u = norm(block + "ln2", x);
            x = plus(x, channelMix(layer, u));
            channelShift[layer] = u;
        }
        return x;
    }

    private double[] timeMix(int layer, double[] u, double[] firstValue) {
        String att = "blocks." + layer + ".att.";
        int width = shape.width();
        double[] last = attentionShift[layer];
        double[] r = multiply(att + "receptance.weight", shift(att + "x_r", u, last));
        double[] k = multiply(att + "key.weight", shift(att + "x_k", u, last));
        double[] valueInput = shift(att + "x_v", u, last);
        double[] v = multiply(att + "value.weight", valueInput);
        double[] decayInput = vectorTimes(shift(att + "x_w", u, last), att + "w1");
        double[] rateInput = vectorTimes(shift(att + "x_a", u, last), att + "a1");
        double[] gateInput = vectorTimes(shift(att + "x_g", u, last), att + "g1");
        for (int i = 0; i < decayInput.length; i++) {
            decayInput[i] = Math.tanh(decayInput[i]);
        }
        for (int i = 0; i < gateInput.length; i++) {
            gateInput[i] = sigmoid(gateInput[i]);
        }
        double[] w = plus(vector(att + "w0"), vectorTimes(decayInput, att + "w2"));
        double[] a = plus(vector(att + "a0"), vectorTimes(rateInput, att + "a2"));
        double[] gate = vectorTimes(gateInput, att + "g2");
        double[] removal = new double[width];
        for (int i = 0; i < width; i++) {
            w[i] = Math.exp(DECAY * sigmoid(w[i]));
            a[i] = sigmoid(a[i]);
            removal[i] = k[i] * tensors.get(att + "k_k")[i];
            k[i] *= 1 + (a[i] - 1) * tensors.get(att + "k_a")[i];
        }
        if (layer == 0) {
            System.arraycopy(v, 0, firstValue, 0, width);
        } else {
            double[] mix =
                    plus(
                            vector(att + "v0"),
                            vectorTimes(vectorTimes(valueInput, att + "v1"), att + "v2"));
            for (int i = 0; i < width; i++) {
                v[i] += (firstValue[i] - v[i]) * sigmoid(mix[i]);
            }
        }
        double[] y = new double[width];
        for (int head = 0; head < shape.heads(); head++) {
            readAndUpdate(layer, head, r, w, k, v, removal, a, y);
        }
        for (int i = 0; i < width; i++) {
            y[i] *= gate[i];
        }
        return multiply(att + "output.weight", y);
    }

    /** Spec 1.3, steps 9 to 11, and the normalisation of step 6. */
    private void readAndUpdate(
            int layer,
            int head,
            double[] r,
            double[] w,
            double[] k,
            double[] v,
            double[] removal,
            double[] a,
            double[] y) {
        int n = shape.headSize();
        int base = head * n;
        double[][] state = wkv[layer][head];
        double length = 0;
        double bonus = 0;
        float[] bonusWeights = tensors.get("blocks." + layer + ".att.r_k");
        for (int q = 0; q < n; q++) {
            length += removal[base + q] * removal[base + q];
            bonus += r[base + q] * k[base + q] * bonusWeights[base + q];
        }
        length = Math.max(Math.sqrt(length), 1e-12);
        for (int p = 0; p < n; p++) {
            double removed = 0;
            for (int q = 0; q < n; q++) {
                removed += state[p][q] * removal[base + q] / length;
            }
            double read = 0;
            for (int q = 0; q < n; q++) {
                state[p][q] =
                        state[p][q] * w[base + q]
                                - removed * removal[base + q] / length * a[base + q]
                                + v[base + p] * k[base + q];
                read += state[p][q] * r[base + q];
            }
            y[base + p] = read;
        }
        double[] moments = moments(y, base, n);
        String norm = "blocks." + layer + ".att.ln_x.";
        for (int p = base; p < base + n; p++) {
            y[p] =
                    (y[p] - moments[0])
                                    / Math.sqrt(moments[1] + GROUP_NORM_EPSILON)
                                    * tensors.get(norm + "weight")[p]
                            + tensors.get(norm + "bias")[p]
                            + bonus * v[p];
        }
    }

    private double[] channelMix(int layer, double[] u) {
        String ffn = "blocks." + layer + ".ffn.";
        double[] z = multiply(ffn + "key.weight", shift(ffn + "x_k", u, channelShift[layer]));
        for (int i = 0; i < z.length; i++) {
            double positive = Math.max(z[i], 0);
            z[i] = positive * positive;
        }
        return multiply(ffn + "value.weight", z);
    }

    private double[] shift(String factors, double[] u, double[] last) {
        double[] mixed = new double[u.length];
        for (int i = 0; i < u.length; i++) {
            mixed[i] = u[i] + (last[i] - u[i]) * tensors.get(factors)[i];
        }
        return mixed;
    }

    private double[] norm(String name, double[] x) {
        double[] moments = moments(x, 0, x.length);
        float[] weight = tensors.get(name + ".weight");
        float[] bias = tensors.get(name + ".bias");
        double[] normed = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            normed[i] =
                    (x[i] - moments[0]) / Math.sqrt(moments[1] + NORM_EPSILON) * weight[i]
                            + bias[i];
        }
        return normed;
    }

    /** Mean and biased variance. */
    private static double[] moments(double[] x, int from, int count) {
        double mean = 0;
        for (int i = from; i < from + count; i++) {
            mean += x[i] / count;
        }
        double variance = 0;
        for (int i = from; i < from + count; i++) {
            variance += (x[i] - mean) * (x[i] - mean) / count;
        }
        return new double[] {mean, variance};
    }

    /** Matrix [out, in] times vector. */
    private double[] multiply(String matrix, double[] x) {
        float[] weights = tensors.get(matrix);
        double[] product = new double[weights.length / x.length];
        for (int row = 0; row < product.length; row++) {
            for (int i = 0; i < x.length; i++) {
                product[row] += weights[row * x.length + i] * x[i];
            }
        }
        return product;
    }

    /** Vector times matrix [in, out]. */
    private double[] vectorTimes(double[] x, String matrix) {
        float[] weights = tensors.get(matrix);
        int columns = weights.length / x.length;
        double[] product = new double[columns];
        for (int i = 0; i < x.length; i++) {
            for (int column = 0; column < columns; column++) {
                product[column] += x[i] * weights[i * columns + column];
            }
        }
        return product;
    }

    private double[] vector(String name) {
        float[] values = tensors.get(name);
        double[] vector = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            vector[i] = values[i];
        }
        return vector;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
