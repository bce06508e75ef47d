package io.rwkvtts.bench.engine;

import ai.onnxruntime.OrtException;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceMemory;

/** Measures how fast a CUDA device moves what is in its memory, which bounds every step. */
public final class DeviceRate {

    /** Far more than the caches of a device hold. */
    private static final long BYTES = 512L << 20;

    private static final int COPIES = 20;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double GIGABYTE = 1e9;

    private DeviceRate() {}

    /**
     * Gigabytes that a device reads and writes a second, together: the best of some copies.
     *
     * @param index of the device, which becomes that of the calling thread
     * @throws InferenceException if it has no room for the copies
     */
    public static double gigabytesPerSecond(int index) {
        return gigabytesPerSecond(CudaDevice.open(index), BYTES, COPIES);
    }

    static double gigabytesPerSecond(CudaDevice device, long bytes, int copies) {
        try (DeviceMemory from = device.allocate(bytes);
                DeviceMemory to = device.allocate(bytes)) {
            long least = Long.MAX_VALUE;
            for (int copy = 0; copy < copies; copy++) {
                long begun = System.nanoTime();
                from.copyTo(to);
                least = Math.min(least, System.nanoTime() - begun);
            }
            return 2 * bytes / GIGABYTE / (least / NANOS_PER_SECOND);
        } catch (OrtException e) {
            throw new InferenceException("the memory of " + device + " can't be measured", e);
        }
    }
}
