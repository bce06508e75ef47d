package io.rwkvtts.checkpoint;

/**
 * The values of one tensor of a random model: uniformly distributed, in ranges that keep the model
 * well-behaved. Matrices keep the variance of what they multiply, so that logits have a standard
 * deviation near 2; the two matrices that add to the residual stream share its variance over the
 * layers; decay factors spread from 0.6 to 0.996.
 *
 * <p>Integer arithmetic and correctly rounded operations only: the same bits on every machine.
 *
 * @param key of the tensor's own sequence of random numbers
 */
record RandomWeights(long key, float low, float high) {

    private static final long WEYL = 0x9e3779b97f4a7c15L;

    /**
     * @param ordinal place of the tensor in the checkpoint
     */
    static RandomWeights of(OfficialTensor tensor, ModelShape shape, long seed, int ordinal) {
        long key = mix(mix(seed) + ordinal * WEYL);
        String name = tensor.name().replaceFirst("^blocks\\.\\d+\\.", "");
        int rows = tensor.shape().get(0);
        int columns = tensor.shape().get(tensor.shape().size() - 1);
        double perLayer = 1 / Math.sqrt(shape.layers());
        return switch (name) {
            case "emb.weight" -> symmetric(key, 0.3);
            case "head.weight" -> symmetric(key, 2 / Math.sqrt(columns));
            case "att.receptance.weight", "att.key.weight", "att.value.weight", "ffn.key.weight" ->
                    symmetric(key, 1 / Math.sqrt(columns));
            case "att.output.weight" -> symmetric(key, perLayer / Math.sqrt(columns));
            case "ffn.value.weight" -> symmetric(key, 0.6 * perLayer / Math.sqrt(columns));
            // LoRA matrices are [in, out].
            case "att.w1", "att.a1", "att.v1", "att.g1" -> symmetric(key, 1.3 / Math.sqrt(rows));
            case "att.w2", "att.g2" -> symmetric(key, 1.8 / Math.sqrt(rows));
            case "att.a2", "att.v2" -> symmetric(key, 1 / Math.sqrt(rows));
            case "att.w0" -> new RandomWeights(key, -5, 1.5f);
            case "att.a0" -> new RandomWeights(key, -1, 1);
            case "att.v0" -> new RandomWeights(key, -0.7f, 1.3f);
            case "att.k_k", "att.k_a" -> new RandomWeights(key, 0.5f, 1.2f);
            case "att.r_k" -> symmetric(key, 0.08);
            case "att.ln_x.weight" -> new RandomWeights(key, 0.5f, 1.3f);
            default -> ofVector(name, key);
        };
    }

    private static RandomWeights ofVector(String name, long key) {
        if (name.contains(".x_")) {
            return new RandomWeights(key, 0.05f, 0.95f);
        }
        if (name.endsWith(".bias")) {
            return symmetric(key, 0.1);
        }
        return new RandomWeights(key, 0.7f, 1.3f);
    }

    /** The value of the element at a row-major index. */
    float value(long element) {
        float uniform = (mix(key + element * WEYL) >>> 40) * 0x1p-24f;
        return low + uniform * (high - low);
    }

    private static RandomWeights symmetric(long key, double standardDeviation) {
        float bound = (float) (standardDeviation * Math.sqrt(3));
        return new RandomWeights(key, -bound, bound);
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mix(long value) {
        long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
