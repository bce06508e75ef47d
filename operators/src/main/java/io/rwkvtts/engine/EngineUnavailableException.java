package io.rwkvtts.engine;

/**
 * The library below an engine is missing or can't be used on this machine. Another attempt would
 * fail, too. The message is fit to be shown to a user as it stands.
 */
public final class EngineUnavailableException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    EngineUnavailableException(String message, Throwable cause) {
        super(cause == null ? message : message + ": " + cause.getMessage(), cause);
    }

    EngineUnavailableException(Throwable cause) {
        super(
                "ONNX Runtime can't be loaded (%s): expected com.microsoft.onnxruntime:onnxruntime 1.29 for this kind of machine in the class path (on a Flink cluster in lib/ of every TaskManager), and a temporary directory that libraries may be loaded from"
                        .formatted(cause),
                cause);
    }
}
