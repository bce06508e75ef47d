package io.rwkvtts.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that a CUDA device uses, of which tensors can be made without a copy. Tensors must be
 * closed before it; their values must not be asked for, for Java can't read memory of a device.
 */
public final class DeviceMemory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DeviceMemory.class);

    /** Types of elements, by the numbers of ONNX. */
    private static final int FLOAT = 1;

    private static final int INT64 = 7;

    private final int device;
    private final long bytes;
    private final boolean shared;
    private long address;

    DeviceMemory(int device, long bytes, boolean shared) throws OrtException {
        this.device = device;
        this.bytes = bytes;
        this.shared = shared;
        address = DeviceLibrary.allocate(bytes, shared);
    }

    /** Its size. */
    public long bytes() {
        return bytes;
    }

    /**
     * Memory that is shared with the host, as the host sees it, in the byte order of numbers. It
     * must not be used after {@link #close()}.
     *
     * @throws IllegalStateException for memory of the device alone
     */
    public ByteBuffer buffer() {
        if (!shared) {
            throw new IllegalStateException("memory of a device is not that of the host");
        }
        return DeviceLibrary.buffer(address, bytes).order(ByteOrder.nativeOrder());
    }

    /** 32-bit floats from a place on. */
    public OnnxTensor floats(long offset, long... shape) throws OrtException {
        return tensor(offset, Float.BYTES, OnnxJavaType.FLOAT, shape);
    }

    /** 64-bit integers from a place on. */
    public OnnxTensor integers(long offset, long... shape) throws OrtException {
        return tensor(offset, Long.BYTES, OnnxJavaType.INT64, shape);
    }

    private OnnxTensor tensor(long offset, int elementBytes, OnnxJavaType type, long... shape)
            throws OrtException {
        long size = elementBytes;
        for (long dimension : shape) {
            size = Math.multiplyExact(size, dimension);
        }
        int elementType = type == OnnxJavaType.FLOAT ? FLOAT : INT64;
        return DeviceLibrary.tensor(
                device,
                place(offset, size),
                size,
                shape,
                type,
                OnnxTensorType.mapFromJavaType(type),
                elementType);
    }

    /** Makes a part zeros. */
    public void zero(long offset, long count) throws OrtException {
        DeviceLibrary.zero(place(offset, count), count);
    }

    /** Copies a part of the array's length to it. */
    public void read(long offset, byte[] to) throws OrtException {
        DeviceLibrary.read(place(offset, to.length), to);
    }

    /** Overwrites a part with the array. */
    public void write(long offset, byte[] from) throws OrtException {
        DeviceLibrary.write(place(offset, from.length), from);
    }

    /** Overwrites other memory of this size; returns when it is done. */
    public void copyTo(DeviceMemory other) throws OrtException {
        DeviceLibrary.copy(other.address(bytes), address(bytes), bytes);
    }

    /** The address of the first bytes, of which there must be that many. */
    long address(long count) {
        return place(0, count);
    }

    private long place(long offset, long count) {
        Objects.checkFromIndexSize(offset, count, bytes);
        if (address == 0) {
            throw new IllegalStateException("the memory has been freed");
        }
        return address + offset;
    }

    /** Frees it; a second call does nothing. A failure is one of the device, and logged. */
    @Override
    public void close() {
        long freed = address;
        address = 0;
        if (freed != 0) {
            try {
                DeviceLibrary.release(freed, shared);
            } catch (OrtException e) {
                LOG.warn("Memory of device {} could not be freed", device, e);
            }
        }
    }
}
