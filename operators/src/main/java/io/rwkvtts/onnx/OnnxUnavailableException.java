package io.rwkvtts.onnx;

/**
 * ONNX Runtime, or a library of operators for it, is missing or can't be used on this machine.
 * Another attempt would fail, too. The message can be shown to a user as it is.
 */
public final class OnnxUnavailableException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    OnnxUnavailableException(String message, Throwable cause) {
        super(cause == null ? message : message + ": " + cause.getMessage(), cause);
    }

    /**
     * ONNX Runtime can't be loaded.
     *
     * @param cause what failed: mostly a {@link LinkageError}
     */
    public OnnxUnavailableException(Throwable cause) {
        super(
                "ONNX Runtime can't be loaded (%s): expected com.microsoft.onnxruntime:onnxruntime 1.29 for this kind of machine in the class path (on a Flink cluster in lib/ of every TaskManager), and a temporary directory that libraries may be loaded from"
                        .formatted(cause),
                cause);
    }
}
