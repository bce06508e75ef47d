package io.rwkvtts.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * A safetensors file to be changed by a test and written again, all in F32 unless a test says
 * otherwise.
 */
public final class TensorFile {

    private record Tensor(List<Long> shape, float[] values) {}

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, String> types = new HashMap<>();

    /** The tensors of a file under the names that they have there. */
    public static TensorFile read(Path path) throws IOException {
        TensorFile file = new TensorFile();
        for (StoredTensor stored : SafetensorsFile.open(path).tensors()) {
            float[] values = new float[(int) stored.elements()];
            stored.read(0, values, 0, values.length);
            file.tensors.put(stored.name(), new Tensor(stored.shape(), values));
        }
        return file;
    }

    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    public List<Long> shape(String name) {
        return tensor(name).shape();
    }

    float[] values(String name) {
        return tensor(name).values();
    }

    public TensorFile metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Calls the numbers of a tensor by another type than F32, which is what they stay. */
    TensorFile type(String name, String dtype) {
        types.put(name, dtype);
        return this;
    }

    public TensorFile put(String name, Integer... shape) {
        List<Long> dimensions = Arrays.stream(shape).map(Integer::longValue).toList();
        long elements = dimensions.stream().reduce(1L, (a, b) -> a * b);
        tensors.put(name, new Tensor(dimensions, new float[(int) elements]));
        return this;
    }

    /** The same values in another shape. */
    public TensorFile reshape(String name, Integer... shape) {
        float[] values = values(name);
        put(name, shape);
        System.arraycopy(values, 0, values(name), 0, values.length);
        return this;
    }

    public TensorFile remove(String name) {
        tensor(name);
        tensors.remove(name);
        return this;
    }

    public TensorFile copy(String from, String to) {
        tensors.put(to, tensor(from));
        return this;
    }

    public TensorFile rename(UnaryOperator<String> naming) {
        Map<String, Tensor> old = new LinkedHashMap<>(tensors);
        tensors.clear();
        old.forEach((name, tensor) -> tensors.put(naming.apply(name), tensor));
        return this;
    }

    public TensorFile transpose(String name) {
        Tensor tensor = tensor(name);
        int rows = tensor.shape().get(0).intValue();
        int columns = tensor.shape().get(1).intValue();
        float[] values = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values[column * rows + row] = tensor.values()[row * columns + column];
            }
        }
        tensors.put(name, new Tensor(List.of((long) columns, (long) rows), values));
        return this;
    }

    public Path write(Path path) throws IOException {
        return write(path, names());
    }

    /** Writes some of the tensors: a shard. */
    public Path write(Path path, List<String> names) throws IOException {
        ObjectNode header = new ObjectMapper().createObjectNode();
        metadata.forEach((key, value) -> header.withObject("/__metadata__").put(key, value));
        long end = 0;
        for (String name : names) {
            ObjectNode entry = header.putObject(name).put("dtype", types.getOrDefault(name, "F32"));
            shape(name).forEach(entry.putArray("shape")::add);
            entry.putArray("data_offsets").add(end).add(end += 4L * values(name).length);
        }
        byte[] json = new ObjectMapper().writeValueAsBytes(header);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + json.length + (int) end).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (String name : names) {
            for (float value : values(name)) {
                bytes.putFloat(value);
            }
        }
        return Files.write(path, bytes.array());
    }

    private Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return tensor;
    }
}
