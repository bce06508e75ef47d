package io.rwkvtts.engine;

import ai.onnxruntime.OrtEnvironment;

/** ONNX Runtime in this process: loading it, and a gate that an ending process closes. */
final class OnnxRuntime {

    private OnnxRuntime() {}

    static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment();
    }

    static String version() {
        return environment().getVersion();
    }

    static void enter() {}

    static void leave() {}
}
