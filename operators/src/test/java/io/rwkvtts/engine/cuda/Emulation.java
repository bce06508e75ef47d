package io.rwkvtts.engine.cuda;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.onnx.CudaDevice;

/**
 * The device of tests, emulated: what it can do, and what was asked of it. In the profile gpu-dry
 * it is below ONNX Runtime's CUDA provider, else in operators for the CPU provider. With {@code
 * -Dgpu=real} it is the first card of the machine, of which nothing is counted and which nothing
 * limits: tests that do so are skipped.
 */
public final class Emulation {

    private static final boolean REAL = "real".equals(System.getProperty("gpu"));

    private static final long UNLIMITED = Long.MAX_VALUE;

    /** That {@code emulation.h} knows. */
    static final int SCHEDULES = 14;

    private Emulation() {}

    /** The device, without limits; a test is skipped where the emulation was not built. */
    public static CudaDevice device() {
        if (REAL) {
            return CudaDevice.open(0);
        }
        assumeTrue(
                CudaDevice.emulationAvailable(),
                "built without a C++ compiler: no emulated CUDA device");
        CudaDevice device = CudaDevice.openEmulated();
        set(0, UNLIMITED, UNLIMITED);
        return device;
    }

    /** Whether {@link #device} has one. */
    public static boolean hasDevice() {
        return REAL || CudaDevice.emulationAvailable();
    }

    /** In which order blocks and threads run; a card has its own. */
    public static void schedule(int number) {
        if (!REAL) {
            set(number, UNLIMITED, UNLIMITED);
        }
    }

    /** After that many kernels one fails. */
    public static void failAfter(long launches) {
        assumeEmulated();
        set(0, launches, UNLIMITED);
    }

    /** Not more bytes can be allocated. */
    public static void limitMemory(long bytes) {
        assumeEmulated();
        set(0, UNLIMITED, bytes);
    }

    /** Whether CUDA graphs can be captured, with ONNX Runtime's CUDA provider. */
    public static void allowCaptures(boolean allowed) {
        assumeEmulated();
        setCaptures(allowed);
    }

    /** Kernels so far. */
    static long launches() {
        assumeEmulated();
        return launchCount();
    }

    /** Captured graphs that were launched so far, with ONNX Runtime's CUDA provider. */
    static long graphs() {
        assumeEmulated();
        return graphCount();
    }

    /** Copies from and to the device so far. */
    static long copies() {
        assumeEmulated();
        return copyCount();
    }

    /** Allocations so far. */
    static long allocations() {
        assumeEmulated();
        return allocationCount();
    }

    private static void assumeEmulated() {
        assumeFalse(REAL, "a card is not emulated");
    }

    private static native void set(int schedule, long launchesLeft, long bytesLeft);

    private static native void setCaptures(boolean allowed);

    private static native long launchCount();

    private static native long graphCount();

    private static native long copyCount();

    private static native long allocationCount();
}
