package io.rwkvtts.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An RWKV-7 checkpoint, opened and checked: every tensor of spec 1.2 is there and has the shape
 * that the sizes ask for. Whatever the naming and number format of the file, tensors are given out
 * under their official names, in official orientation, as F32.
 *
 * <p>The numbers stay in the mapped file until they are asked for. Any number of threads may use
 * one checkpoint.
 */
public final class Checkpoint implements AutoCloseable {

    /** Elements that are hashed at a time; LoRA matrices of public models are smaller. */
    private static final int HASH_PIECE = 1 << 20;

    private final Path path;
    private final Naming naming;
    private final ModelShape shape;
    private final OptionalLong randomSeed;
    private final Map<String, OfficialTensor> tensors;
    private volatile Map<String, TensorSource> sources;
    private volatile String weightsId;

    private Checkpoint(CheckpointFiles files, CheckpointLayout layout) {
        this.path = files.path();
        this.naming = layout.naming();
        this.shape = layout.shape();
        this.sources = layout.sources();
        this.randomSeed = RandomCheckpoint.seedOf(files);
        this.tensors =
                OfficialTensors.of(shape)
                        .collect(Collectors.toMap(OfficialTensor::name, Function.identity()));
    }

    /**
     * Opens a safetensors file, or a Hugging Face directory with {@code model.safetensors} or its
     * shards and their index.
     *
     * @throws ModelFormatException if it is missing, truncated, malformed, or no RWKV-7 checkpoint
     * @throws IOException if it can't be read
     */
    public static Checkpoint open(Path path) throws IOException {
        CheckpointFiles files = CheckpointFiles.open(path);
        return new Checkpoint(files, CheckpointLayout.of(files));
    }

    /** The file or directory that was opened. */
    public Path path() {
        return path;
    }

    /** Naming of the file. */
    public Naming naming() {
        return naming;
    }

    /** The model's sizes. */
    public ModelShape shape() {
        return shape;
    }

    /** Numbers in all tensors that the model has; what else is in the file doesn't count. */
    public long parameters() {
        return OfficialTensors.parameters(shape);
    }

    /**
     * The seed, unsigned, if {@link RandomCheckpoint} made the file: its weights are random then,
     * and what the model generates is noise.
     */
    public OptionalLong randomSeed() {
        return randomSeed;
    }

    /**
     * Hash of the weights, 64 hexadecimal digits: SHA-256 over name, shape and F32 values of all
     * official tensors in their order. It is taken of the values, not of the file's bytes, so that
     * the same weights keep their id in another naming, another order or a wider number format, and
     * a snapshot of a generation can be restored with them. The first call reads all tensors, which
     * takes seconds for a model of gigabytes.
     */
    public String weightsId() {
        if (weightsId == null) {
            WeightsHash hash = new WeightsHash();
            OfficialTensors.of(shape).forEach(tensor -> hash(tensor, hash));
            weightsId = hash.hex();
        }
        return weightsId;
    }

    /**
     * All values of a tensor as a new array, row-major in the shape of spec 1.2.
     *
     * @param officialName such as {@code blocks.3.att.w1}
     * @throws IllegalArgumentException if an RWKV-7 model of this shape has no tensor of that name
     * @throws ModelFormatException if a value is not finite
     */
    public float[] tensor(String officialName) {
        OfficialTensor tensor = official(officialName);
        return read(tensor, 0, Math.toIntExact(tensor.elements()));
    }

    /**
     * Rows {@code from} (inclusive) to {@code to} (exclusive) of a matrix, as {@link #tensor}: for
     * tables that are too large to be copied whole, or of which a part is wanted.
     *
     * @throws IndexOutOfBoundsException if the tensor has no such rows
     */
    public float[] rows(String officialName, int from, int to) {
        OfficialTensor tensor = official(officialName);
        int rows = tensor.shape().get(0);
        if (from < 0 || to < from || to > rows) {
            throw new IndexOutOfBoundsException(
                    "rows [%d, %d) of %s, which has %d".formatted(from, to, officialName, rows));
        }
        long rowElements = tensor.elements() / rows;
        return read(tensor, from * rowElements, Math.toIntExact((to - from) * rowElements));
    }

    /** Lets go of the mapped files; no tensor can be read any more. */
    @Override
    public void close() {
        sources = null;
    }

    private OfficialTensor official(String name) {
        OfficialTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "an RWKV-7 model of %d layers has no tensor %s"
                            .formatted(shape.layers(), name));
        }
        return tensor;
    }

    private float[] read(OfficialTensor tensor, long first, int count) {
        Map<String, TensorSource> open = sources;
        if (open == null) {
            throw new IllegalStateException("checkpoint " + path + " is closed");
        }
        float[] values = new float[count];
        open.get(tensor.name()).read(first, values);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new ModelFormatException(
                        "%s: tensor %s holds %s at element %d: expected finite weights"
                                .formatted(path, tensor.name(), values[i], first + i));
            }
        }
        return values;
    }

    private void hash(OfficialTensor tensor, WeightsHash hash) {
        hash.begin(tensor);
        long elements = tensor.elements();
        for (long first = 0; first < elements; first += HASH_PIECE) {
            hash.add(read(tensor, first, (int) Math.min(HASH_PIECE, elements - first)));
        }
    }
}
