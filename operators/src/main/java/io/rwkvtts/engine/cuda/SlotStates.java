package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceMemory;
import java.util.Arrays;

/**
 * The states of all slots in the memory of the device, where they stay: one after the other, each
 * in the order of a saved one. That of an empty slot is made zeros before it is used.
 */
final class SlotStates implements AutoCloseable {

    private final DeviceMemory memory;
    private final OnnxTensor tensor;
    private final int stateBytes;
    private final boolean[] empty;

    /**
     * @throws OrtException if the device has not as much memory
     */
    SlotStates(CudaDevice device, int slots, int stateBytes) throws OrtException {
        this.stateBytes = stateBytes;
        empty = new boolean[slots];
        Arrays.fill(empty, true);
        memory = device.allocate((long) slots * stateBytes);
        try {
            tensor = memory.floats(0, slots, stateBytes / Float.BYTES);
        } catch (OrtException e) {
            memory.close();
            throw e;
        }
    }

    /** All states, [slots, floats of a state]. */
    OnnxTensor tensor() {
        return tensor;
    }

    int stateBytes() {
        return stateBytes;
    }

    void clear(int slot) {
        empty[slot] = true;
    }

    /** The state of a slot is going to be read and written by the device. */
    void use(int slot) {
        if (empty[slot]) {
            try {
                memory.zero(place(slot), stateBytes);
            } catch (OrtException e) {
                throw new InferenceException("a state could not be cleared", e);
            }
            empty[slot] = false;
        }
    }

    byte[] save(int slot) {
        byte[] state = new byte[stateBytes];
        if (!empty[slot]) {
            try {
                memory.read(place(slot), state);
            } catch (OrtException e) {
                throw new InferenceException("a state could not be read from the device", e);
            }
        }
        return state;
    }

    void load(int slot, byte[] state) {
        try {
            memory.write(place(slot), state);
        } catch (OrtException e) {
            throw new InferenceException("a state could not be written to the device", e);
        }
        empty[slot] = false;
    }

    private long place(int slot) {
        return (long) slot * stateBytes;
    }

    @Override
    public void close() {
        tensor.close();
        memory.close();
    }
}
