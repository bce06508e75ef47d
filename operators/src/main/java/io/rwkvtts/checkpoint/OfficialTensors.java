package io.rwkvtts.checkpoint;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Names and shapes of all tensors of an RWKV-7 checkpoint (spec 1.2). */
public final class OfficialTensors {

    /** The token-shift factors, in the order of the stacked {@code x_x} of old fla files. */
    static final List<String> SHIFT_MIXES = List.of("x_r", "x_w", "x_k", "x_v", "x_a", "x_g");

    /** By these, in layer 0 under {@code blocks.0.att.}, an RWKV-7 checkpoint is known. */
    static final List<String> MARKERS =
            List.of(
                    "x_r", "x_w", "x_k", "x_v", "x_a", "x_g", "w0", "w1", "w2", "a0", "a1", "a2",
                    "g1", "g2", "r_k", "k_k", "k_a");

    /** The first layer has no value residual; some files have its tensors all the same. */
    static final Pattern UNUSED = Pattern.compile("blocks\\.0\\.att\\.v[012]");

    private OfficialTensors() {}

    /** Numbers in all tensors of a model. */
    public static long parameters(ModelShape shape) {
        return of(shape).mapToLong(OfficialTensor::elements).sum();
    }

    /** All tensors in a fixed order: embedding, blocks from the first, head. */
    static Stream<OfficialTensor> of(ModelShape shape) {
        int d = shape.width();
        return Stream.of(
                        Stream.of(OfficialTensor.of("emb.weight", shape.vocabRows(), d)),
                        norm("blocks.0.ln0", d),
                        IntStream.range(0, shape.layers())
                                .boxed()
                                .flatMap(layer -> block(layer, shape)),
                        norm("ln_out", d),
                        Stream.of(OfficialTensor.of("head.weight", shape.headRows(), d)))
                .flatMap(tensors -> tensors);
    }

    private static Stream<OfficialTensor> block(int layer, ModelShape shape) {
        String block = "blocks." + layer + ".";
        return Stream.of(
                        norm(block + "ln1", shape.width()),
                        norm(block + "ln2", shape.width()),
                        timeMix(block + "att.", layer, shape),
                        channelMix(block + "ffn.", shape))
                .flatMap(tensors -> tensors);
    }

    private static Stream<OfficialTensor> timeMix(String att, int layer, ModelShape shape) {
        int d = shape.width();
        Stream<OfficialTensor> vectors =
                Stream.concat(SHIFT_MIXES.stream(), Stream.of("w0", "a0", "k_k", "k_a"))
                        .map(name -> OfficialTensor.of(att + name, 1, 1, d));
        Stream<OfficialTensor> valueResidual =
                layer == 0
                        ? Stream.empty()
                        : Stream.concat(
                                Stream.of(OfficialTensor.of(att + "v0", 1, 1, d)),
                                lora(att + "v", d, shape.valueRank()));
        Stream<OfficialTensor> matrices =
                Stream.of("receptance", "key", "value", "output")
                        .map(name -> OfficialTensor.of(att + name + ".weight", d, d));
        return Stream.of(
                        vectors,
                        lora(att + "w", d, shape.decayRank()),
                        lora(att + "a", d, shape.aRank()),
                        valueResidual,
                        lora(att + "g", d, shape.gateRank()),
                        Stream.of(OfficialTensor.of(att + "r_k", shape.heads(), shape.headSize())),
                        matrices,
                        norm(att + "ln_x", d))
                .flatMap(tensors -> tensors);
    }

    private static Stream<OfficialTensor> channelMix(String ffn, ModelShape shape) {
        int d = shape.width();
        return Stream.of(
                OfficialTensor.of(ffn + "x_k", 1, 1, d),
                OfficialTensor.of(ffn + "key.weight", shape.ffnWidth(), d),
                OfficialTensor.of(ffn + "value.weight", d, shape.ffnWidth()));
    }

    private static Stream<OfficialTensor> lora(String prefix, int width, int rank) {
        return Stream.of(
                OfficialTensor.of(prefix + "1", width, rank),
                OfficialTensor.of(prefix + "2", rank, width));
    }

    private static Stream<OfficialTensor> norm(String prefix, int width) {
        return Stream.of(
                OfficialTensor.of(prefix + ".weight", width),
                OfficialTensor.of(prefix + ".bias", width));
    }
}
