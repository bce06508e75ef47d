package io.rwkvtts.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rwkvtts.checkpoint.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The forms that a checkpoint can be exported in: a format of its numbers and a form of the graph.
 * Command line, options and pages take the labels and what they mean from here.
 */
public enum Quantization {

    /** Floats, with the operators of ONNX Runtime. */
    NONE(WeightFormat.FLOATS, GraphForm.STANDARD, "32-bit floats"),

    /** Fast. */
    INT8(
            WeightFormat.INT8_ROWS,
            GraphForm.STANDARD,
            "8 bits and a scale for each row of a matrix; on x86 for CPUs with VNNI"),

    /** The numbers of {@link #INT8}, much faster. */
    INT8_NATIVE(
            WeightFormat.INT8_ROWS,
            GraphForm.NATIVE,
            "the same 8 bits with native operators: the fastest, where the project was built on"
                    + " Linux with a C++ compiler"),

    /** Half the memory of {@link #INT8_NATIVE}, for few sequences at once. */
    INT4_NATIVE(
            WeightFormat.INT4_GROUPS,
            GraphForm.NATIVE,
            "4 bits and a factor for each "
                    + GroupQuantizer.GROUP
                    + " weights, with native operators: faster still for one or two listeners, less"
                    + " exact"),

    /** The numbers of {@link #INT8}, on a CUDA device. */
    INT8_CUDA(
            WeightFormat.INT8_ROWS,
            GraphForm.CUDA,
            "the same 8 bits on a CUDA device: experimental, never run on one"),

    /** The numbers of {@link #FP16_CUDA}, on a CPU. */
    FP16(
            WeightFormat.HALVES,
            GraphForm.STANDARD,
            "16-bit floats, which a CPU computes with as with none; for CUDA devices"),

    /** Closer to the checkpoint than {@link #INT8_CUDA}. */
    FP16_CUDA(
            WeightFormat.HALVES,
            GraphForm.CUDA,
            "the same 16 bits on a CUDA device: experimental, never run on one"),

    /** For CPUs that {@link #INT8} is not for. */
    INT8_BLOCKS(
            WeightFormat.INT8_BLOCKS,
            GraphForm.STANDARD,
            "8 bits and a scale for each "
                    + BlockQuantizer.BLOCK
                    + " weights: slower, for any CPU");

    private final WeightFormat weights;
    private final GraphForm graph;
    private final String description;

    Quantization(WeightFormat weights, GraphForm graph, String description) {
        this.weights = weights;
        this.graph = graph;
        this.description = description;
    }

    /** The name used on the command line and in model.json. */
    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The quantisation with this {@link #label}.
     *
     * @throws IllegalArgumentException for another word
     */
    @JsonCreator
    public static Quantization ofLabel(String label) {
        return Arrays.stream(values())
                .filter(value -> value.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "unknown quantisation '"
                                                + label
                                                + "': one of "
                                                + ofCpus().map(Quantization::label)
                                                        .collect(Collectors.joining(", "))));
    }

    /** Each label of a form for CPUs with what it means in parentheses, for users. */
    public static List<String> described() {
        return ofCpus().map(value -> "%s (%s)".formatted(value.label(), value.description))
                .toList();
    }

    /** The labels of the forms for CPUs whose numbers a CUDA device takes, for users. */
    public static List<String> takenByCuda() {
        return ofCpus().filter(value -> value.onCuda().isPresent())
                .map(Quantization::label)
                .toList();
    }

    /** The form with the same numbers for CUDA devices; empty if there is none. */
    public Optional<Quantization> onCuda() {
        return Arrays.stream(values())
                .filter(value -> value.graph == GraphForm.CUDA && value.weights == weights)
                .findFirst();
    }

    private static Stream<Quantization> ofCpus() {
        return Arrays.stream(values()).filter(value -> value.graph != GraphForm.CUDA);
    }

    /** How the numbers are held. */
    public WeightFormat weights() {
        return weights;
    }

    /**
     * Bytes of the matrices that one step in this form reads.
     *
     * @param headRows rows of the head that are computed
     */
    public long stepWeightBytes(ModelShape shape, int headRows) {
        return graph == GraphForm.CUDA
                ? weights.deviceWeightBytes(shape, headRows)
                : weights.stepWeightBytes(shape, headRows);
    }

    /** What the graph is made of. */
    public GraphForm graph() {
        return graph;
    }

    @Override
    public String toString() {
        return label();
    }
}
