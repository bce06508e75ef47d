package io.rwkvtts.onnx;

/**
 * A CUDA device of this machine can't be used now, as when another process holds it. Another
 * attempt may succeed. The message can be shown to a user as it is.
 */
public final class DeviceUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeviceUnavailableException(String message) {
        super(message);
    }
}
