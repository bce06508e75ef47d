package io.rwkvtts.engine.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.onnx.CudaDevice;

/**
 * The emulated device, for tests: what it can do, and what was asked of it. In the profile gpu-dry
 * it is below ONNX Runtime's CUDA provider, else in operators for the CPU provider.
 */
public final class Emulation {

    private static final long UNLIMITED = Long.MAX_VALUE;

    /** That {@code emulation.h} knows. */
    static final int SCHEDULES = 14;

    private Emulation() {}

    /** The device, without limits; a test is skipped where it was not built. */
    public static CudaDevice device() {
        assumeTrue(
                CudaDevice.emulationAvailable(),
                "built without a C++ compiler: no emulated CUDA device");
        CudaDevice device = CudaDevice.openEmulated();
        set(0, UNLIMITED, UNLIMITED);
        return device;
    }

    /** In which order blocks and threads run. */
    public static void schedule(int number) {
        set(number, UNLIMITED, UNLIMITED);
    }

    /** After that many kernels one fails. */
    public static void failAfter(long launches) {
        set(0, launches, UNLIMITED);
    }

    /** Not more bytes can be allocated. */
    public static void limitMemory(long bytes) {
        set(0, UNLIMITED, bytes);
    }

    private static native void set(int schedule, long launchesLeft, long bytesLeft);

    /** Whether CUDA graphs can be captured, with ONNX Runtime's CUDA provider. */
    public static native void allowCaptures(boolean allowed);

    /** Kernels so far. */
    static native long launches();

    /** Captured graphs that were launched so far, with ONNX Runtime's CUDA provider. */
    static native long graphs();

    /** Copies from and to the device so far. */
    static native long copies();

    /** Allocations so far. */
    static native long allocations();
}
