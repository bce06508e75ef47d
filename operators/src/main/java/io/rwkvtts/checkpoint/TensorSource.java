package io.rwkvtts.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where an official tensor's numbers are found in the file, and how they get the official shape.
 *
 * @param shape in official orientation
 * @param parts runs of stored elements that, one after another, make up the tensor
 * @param transposed whether the parts hold the columns of a matrix in place of its rows
 */
record TensorSource(List<Long> shape, List<Part> parts, boolean transposed) {

    /** Elements of a stored tensor from the row-major index {@code first} on. */
    record Part(StoredTensor tensor, long first, long count) {}

    /** The stored tensor as it is. */
    static TensorSource of(StoredTensor tensor) {
        return new TensorSource(tensor.shape(), List.of(whole(tensor)), false);
    }

    /** The stored matrix with its last two dimensions swapped. */
    static TensorSource transposed(StoredTensor tensor) {
        List<Long> shape = new ArrayList<>(tensor.shape());
        if (shape.size() >= 2) {
            Collections.swap(shape, shape.size() - 2, shape.size() - 1);
        }
        return new TensorSource(List.copyOf(shape), List.of(whole(tensor)), true);
    }

    /**
     * The {@code index}-th of {@code count} tensors stacked along the first dimension; the stored
     * tensor as it is if that dimension is not {@code count}, for a check of shapes to find.
     */
    static TensorSource stacked(StoredTensor tensor, int index, int count) {
        List<Long> shape = tensor.shape();
        if (shape.isEmpty() || shape.get(0) != count) {
            return of(tensor);
        }
        long length = tensor.elements() / count;
        return new TensorSource(
                shape.subList(1, shape.size()),
                List.of(new Part(tensor, index * length, length)),
                false);
    }

    /** Tables of equally long rows below one another. */
    static TensorSource concatenated(List<StoredTensor> tables) {
        long rows = tables.stream().mapToLong(table -> table.shape().get(0)).sum();
        return new TensorSource(
                List.of(rows, tables.get(0).shape().get(1)),
                tables.stream().map(TensorSource::whole).toList(),
                false);
    }

    /** The stored tensors that this one is made of, for messages. */
    String storedNames() {
        return String.join(" + ", parts.stream().map(part -> part.tensor().name()).toList());
    }

    /**
     * Reads {@code destination.length} elements in official order from the row-major index {@code
     * first} on.
     */
    void read(long first, float[] destination) {
        if (transposed) {
            readTransposed(first, destination);
            return;
        }
        long skip = first;
        int done = 0;
        for (Part part : parts) {
            if (skip >= part.count()) {
                skip -= part.count();
                continue;
            }
            int count = (int) Math.min(part.count() - skip, destination.length - done);
            part.tensor().read(part.first() + skip, destination, done, count);
            done += count;
            skip = 0;
        }
    }

    private void readTransposed(long first, float[] destination) {
        int rows = Math.toIntExact(shape.get(0));
        int columns = Math.toIntExact(shape.get(1));
        float[] stored = new float[Math.multiplyExact(rows, columns)];
        parts.get(0).tensor().read(0, stored, 0, stored.length);
        for (int i = 0; i < destination.length; i++) {
            int index = Math.toIntExact(first) + i;
            destination[i] = stored[index % columns * rows + index / columns];
        }
    }

    private static Part whole(StoredTensor tensor) {
        return new Part(tensor, 0, tensor.elements());
    }
}
