package io.rwkvtts.checkpoint;

/**
 * The sizes of an RWKV-7 model (spec 1.1), all of them read from its tensors.
 *
 * @param layers L, number of blocks
 * @param width D, length of the vector that the blocks pass on; {@code heads · headSize}
 * @param heads H
 * @param headSize N, 64 in all public models
 * @param ffnWidth F, hidden width of the channel mix
 * @param vocabRows V, rows of the embedding table
 * @param headRows Vh, rows of the output head, at most {@code vocabRows}
 * @param decayRank rank of the decay LoRA w1, w2
 * @param aRank rank of the in-context rate LoRA a1, a2
 * @param gateRank rank of the gate LoRA g1, g2
 * @param valueRank rank of the value residual LoRA v1, v2; 0 in a one-layer model, which has none
 */
public record ModelShape(
        int layers,
        int width,
        int heads,
        int headSize,
        int ffnWidth,
        int vocabRows,
        int headRows,
        int decayRank,
        int aRank,
        int gateRank,
        int valueRank) {

    private static final int MAX_LAYERS = 1 << 12;
    private static final int MAX_WIDTH = 1 << 16;
    private static final int MAX_ROWS = 1 << 24;

    private static final int PUBLIC_HEAD_SIZE = 64;

    /**
     * @throws IllegalArgumentException if a size is out of all proportion, or sizes contradict each
     *     other
     */
    public ModelShape {
        require("layers", layers, MAX_LAYERS);
        require("width", width, MAX_WIDTH);
        require("heads", heads, MAX_WIDTH);
        require("head size", headSize, MAX_WIDTH);
        require("channel mix width", ffnWidth, MAX_ROWS);
        require("embedding rows", vocabRows, MAX_ROWS);
        require("head rows", headRows, MAX_ROWS);
        require("rank of the decay LoRA", decayRank, MAX_WIDTH);
        require("rank of the in-context rate LoRA", aRank, MAX_WIDTH);
        require("rank of the gate LoRA", gateRank, MAX_WIDTH);
        if ((long) heads * headSize != width) {
            throw new IllegalArgumentException(
                    "%d heads of size %d: expected them to make up the width %d"
                            .formatted(heads, headSize, width));
        }
        if (headRows > vocabRows) {
            throw new IllegalArgumentException(
                    "%d head rows for %d embedding rows: expected no more head rows than embedding rows"
                            .formatted(headRows, vocabRows));
        }
        if (layers > 1) {
            require("rank of the value residual LoRA", valueRank, MAX_WIDTH);
        } else if (valueRank != 0) {
            throw new IllegalArgumentException(
                    "rank %d of the value residual LoRA in a model of one layer: expected 0"
                            .formatted(valueRank));
        }
    }

    /**
     * A shape in the proportions of the public models: heads of 64, a channel mix of 4 D, LoRA
     * ranks D/8, D/8, D/4 and D/16 (at least 8), at most the 64, 64, 128 and 32 of the public
     * models.
     *
     * @throws IllegalArgumentException if {@code width} is not a multiple of 64, or a size is out
     *     of all proportion
     */
    public static ModelShape proportioned(int layers, int width, int vocabRows, int headRows) {
        if (width < 1 || width > MAX_WIDTH || width % PUBLIC_HEAD_SIZE != 0) {
            throw new IllegalArgumentException(
                    "width %d: expected a multiple of the head size %d up to %d"
                            .formatted(width, PUBLIC_HEAD_SIZE, MAX_WIDTH));
        }
        return new ModelShape(
                layers,
                width,
                width / PUBLIC_HEAD_SIZE,
                PUBLIC_HEAD_SIZE,
                4 * width,
                vocabRows,
                headRows,
                Math.min(64, width / 8),
                Math.min(64, width / 8),
                Math.min(128, width / 4),
                layers == 1 ? 0 : Math.max(8, Math.min(32, width / 16)));
    }

    /** Numbers in the state of one sequence: L · (2 D + D N) (spec 1.3). */
    public long stateFloats() {
        return (long) layers * (2L * width + (long) width * headSize);
    }

    private static void require(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(
                    "%s %d: expected 1 to %d".formatted(name, value, max));
        }
    }
}
