package io.rwkvtts.engine.cpu;

import io.rwkvtts.onnx.DirectBuffers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;

/**
 * The states of all rows outside the Java heap: one buffer per tensor of the state, in each of
 * which the rows follow one another, so that neighbouring rows are one slice for ONNX Runtime.
 */
final class StateRows {

    private final ByteBuffer[] buffers;
    private final int[] rowBytes;
    private final int stateBytes;
    private final ByteBuffer zeros;
    private final ByteBuffer spare;

    /**
     * @param shapes of the tensors, the number of rows first, which is −1
     */
    StateRows(Collection<long[]> shapes, int rows) {
        rowBytes = shapes.stream().mapToInt(StateRows::rowBytes).toArray();
        buffers = new ByteBuffer[rowBytes.length];
        int largest = 0;
        int sum = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = DirectBuffers.allocate((long) rows * rowBytes[i], "states of slots");
            largest = Math.max(largest, rowBytes[i]);
            sum = Math.addExact(sum, rowBytes[i]);
        }
        stateBytes = sum;
        zeros = DirectBuffers.allocate(largest, "states of slots");
        spare = DirectBuffers.allocate(largest, "states of slots");
    }

    /** Bytes of the state of one row. */
    int stateBytes() {
        return stateBytes;
    }

    /** Neighbouring rows of a tensor. */
    ByteBuffer slice(int tensor, int row, int count) {
        int bytes = rowBytes[tensor];
        return buffers[tensor].slice(row * bytes, count * bytes).order(ByteOrder.nativeOrder());
    }

    void zero(int row) {
        for (int i = 0; i < buffers.length; i++) {
            buffers[i].put(row * rowBytes[i], zeros, 0, rowBytes[i]);
        }
    }

    void copy(int from, int to) {
        for (int i = 0; i < buffers.length; i++) {
            int bytes = rowBytes[i];
            buffers[i].put(to * bytes, buffers[i], from * bytes, bytes);
        }
    }

    void swap(int one, int other) {
        for (int i = 0; i < buffers.length; i++) {
            int bytes = rowBytes[i];
            spare.put(0, buffers[i], one * bytes, bytes);
            buffers[i].put(one * bytes, buffers[i], other * bytes, bytes);
            buffers[i].put(other * bytes, spare, 0, bytes);
        }
    }

    /** The state of a row, tensor after tensor. */
    byte[] save(int row) {
        byte[] state = new byte[stateBytes];
        int position = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i].get(row * rowBytes[i], state, position, rowBytes[i]);
            position += rowBytes[i];
        }
        return state;
    }

    /** Overwrites the state of a row with what {@link #save} returned. */
    void load(int row, byte[] state) {
        int position = 0;
        for (int i = 0; i < buffers.length; i++) {
            buffers[i].put(row * rowBytes[i], state, position, rowBytes[i]);
            position += rowBytes[i];
        }
    }

    private static int rowBytes(long[] shape) {
        long floats = 1;
        for (int i = 1; i < shape.length; i++) {
            floats *= shape[i];
        }
        return Math.toIntExact(floats * Float.BYTES);
    }
}
