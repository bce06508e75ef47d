package io.rwkvtts.onnx;

/**
 * The library of the project's operators for CUDA devices ({@code src/main/native/cuda}), which
 * lies in the jar if that was built where nvcc is.
 */
public final class CudaOperators {

    private static final LibraryResource LIBRARY = new LibraryResource("rwkvtts_cuda");

    private CudaOperators() {}

    /** Whether this build has the operators for this machine. */
    public static boolean available() {
        return LIBRARY.exists();
    }
}
