package io.rwkvtts.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.OfficialTensors;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.util.OptionalLong;

/**
 * What can be known of a model without running it.
 *
 * @param naming of the checkpoint's tensors: official, webrwkv or fla
 * @param layers L of spec 1.1
 * @param width D
 * @param heads H
 * @param headSize N
 * @param ffnWidth F
 * @param vocabRows V
 * @param headRows Vh, of the checkpoint
 * @param loraRanks ranks of decay, in-context rate, gate and value residual
 * @param quantization {@link io.rwkvtts.model.Quantization#label()}
 * @param exportedHeadRows rows of the head that are computed
 * @param parameters numbers in all tensors of the checkpoint
 * @param stateBytes of one sequence
 * @param stepWeightBytes {@link io.rwkvtts.model.WeightFormat#stepWeightBytes}
 * @param weightsId {@link Checkpoint#weightsId}
 * @param randomSeed unsigned, if the weights are random; else null
 */
record ModelFacts(
        String naming,
        @JsonProperty("n_layer") int layers,
        @JsonProperty("n_embd") int width,
        @JsonProperty("n_head") int heads,
        @JsonProperty("head_size") int headSize,
        @JsonProperty("n_ffn") int ffnWidth,
        @JsonProperty("vocab_rows") int vocabRows,
        @JsonProperty("head_rows") int headRows,
        @JsonProperty("lora_ranks") LoraRanks loraRanks,
        Quantization quantization,
        int exportedHeadRows,
        long parameters,
        long stateBytes,
        long stepWeightBytes,
        String weightsId,
        String randomSeed) {

    /** Ranks; {@code v} is 0 in a one-layer model, which has none. */
    record LoraRanks(int w, int a, int g, int v) {}

    /** Of a checkpoint, as if it were exported with all its head rows. */
    static ModelFacts of(Checkpoint checkpoint, Quantization quantization) {
        return of(
                checkpoint.naming().label(),
                checkpoint.shape(),
                quantization,
                checkpoint.shape().headRows(),
                checkpoint.weightsId(),
                checkpoint.randomSeed());
    }

    /** Of an exported model. */
    static ModelFacts of(ModelDirectory directory) {
        return of(
                directory.naming(),
                directory.shape(),
                directory.quantization(),
                directory.headRows(),
                directory.weightsId(),
                directory.randomSeed());
    }

    private static ModelFacts of(
            String naming,
            ModelShape shape,
            Quantization quantization,
            int exportedHeadRows,
            String weightsId,
            OptionalLong randomSeed) {
        return new ModelFacts(
                naming,
                shape.layers(),
                shape.width(),
                shape.heads(),
                shape.headSize(),
                shape.ffnWidth(),
                shape.vocabRows(),
                shape.headRows(),
                new LoraRanks(
                        shape.decayRank(), shape.aRank(), shape.gateRank(), shape.valueRank()),
                quantization,
                exportedHeadRows,
                OfficialTensors.parameters(shape),
                shape.stateFloats() * Float.BYTES,
                quantization.weights().stepWeightBytes(shape, exportedHeadRows),
                weightsId,
                JsonLine.seed(randomSeed));
    }
}
