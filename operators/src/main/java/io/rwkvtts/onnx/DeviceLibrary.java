package io.rwkvtts.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.nio.ByteBuffer;

/**
 * The native functions of {@code bridge.cu}. An address is that of memory of the device, or of
 * memory that it shares with the host; none is checked.
 */
final class DeviceLibrary {

    private DeviceLibrary() {}

    static native boolean isEmulation();

    /** Makes a device that of the calling thread; an error of CUDA, or 0. */
    static native int select(int device);

    /** What an error of CUDA means. */
    static native String errorText(int error);

    /** Memory of the calling thread's device that nobody has allocated. */
    static native long freeBytes() throws OrtException;

    /** Zeroed memory. */
    static native long allocate(long bytes, boolean shared) throws OrtException;

    static native void release(long address, boolean shared) throws OrtException;

    static native void zero(long address, long bytes) throws OrtException;

    /** Fills the array. */
    static native void read(long address, byte[] to) throws OrtException;

    /** Copies the whole array. */
    static native void write(long address, byte[] from) throws OrtException;

    /** Copies from one place to another; returns when it is done. */
    static native void copy(long to, long from, long bytes) throws OrtException;

    /** Runs the kernel of {@code sample.cuh} with that many draws; returns when it is done. */
    static native void sample(
            long draws, long logits, int stride, long scratch, long tokens, int count)
            throws OrtException;

    /** Shared memory as a buffer. */
    static native ByteBuffer buffer(long address, long bytes);

    /** A tensor in memory that must stay until the tensor is closed. */
    static synchronized native OnnxTensor tensor(
            int device,
            long address,
            long bytes,
            long[] shape,
            OnnxJavaType type,
            OnnxTensorType onnxType,
            int elementType)
            throws OrtException;
}
