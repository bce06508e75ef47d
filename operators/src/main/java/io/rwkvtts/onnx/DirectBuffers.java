package io.rwkvtts.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the Java heap, which native code can use in place. */
public final class DirectBuffers {

    private DirectBuffers() {}

    /**
     * @param purpose for the message when there is not enough
     * @throws IllegalArgumentException if one buffer can't be so large, or the JVM's limit of
     *     direct memory is reached
     */
    public static ByteBuffer allocate(long bytes, String purpose) {
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%s need %d bytes in one buffer: at most %d are possible; use fewer slots"
                            .formatted(purpose, bytes, Integer.MAX_VALUE));
        }
        try {
            return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    "%s need %d bytes of direct memory, which the JVM doesn't have: use fewer slots, or raise -XX:MaxDirectMemorySize (on a Flink cluster taskmanager.memory.task.off-heap.size)"
                            .formatted(purpose, bytes),
                    e);
        }
    }
}
