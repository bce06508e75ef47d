package io.rwkvtts.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A CUDA device with the project's operators for it ({@code src/main/native/cuda}), whose library
 * lies in the jar if that was built where nvcc is. Never run on a card yet.
 *
 * <p>Sessions and memory of a device are for the thread that has opened it.
 */
public final class CudaDevice {

    /** Size of the struct {@code Draw}. */
    public static final int DRAW_BYTES = 40;

    private static final LibraryResource LIBRARY = new LibraryResource("rwkvtts_cuda");

    /** The same operators with an emulation of a device, which only the project's tests build. */
    private static final LibraryResource EMULATION = new LibraryResource("rwkvtts_emulated");

    private static final String PROVIDER = "CUDA";

    /** The driver is too old for the library; there is no device; there is none of that number. */
    private static final Set<Integer> LASTING_ERRORS = Set.of(35, 100, 101);

    /** The library that is loaded, and the file it was loaded from, which is there no more. */
    private static LibraryResource loaded;

    private static Path file;

    private final int index;
    private final boolean emulated;

    private CudaDevice(int index, boolean emulated) {
        this.index = index;
        this.emulated = emulated;
    }

    /** Whether this build has the operators for this machine. */
    public static boolean operatorsAvailable() {
        return LIBRARY.exists();
    }

    /** The version of CUDA that this build's operators were made with, as {@code 12.8}. */
    public static Optional<String> toolkit() {
        return LIBRARY.beside(".toolkit");
    }

    /** Whether the operators are there with an emulated device. */
    public static boolean emulationAvailable() {
        return EMULATION.exists();
    }

    /**
     * Opens a device of this machine.
     *
     * @param index as CUDA numbers those that this process may use
     * @throws OnnxUnavailableException if there is no such device, its driver is too old, or this
     *     build or ONNX Runtime can't use it
     * @throws DeviceUnavailableException if it can't be used just now
     */
    public static CudaDevice open(int index) {
        List<String> missing = new ArrayList<>();
        if (!providerAvailable()) {
            missing.add(
                    "this ONNX Runtime has no CUDA provider: com.microsoft.onnxruntime:onnxruntime_gpu must be in the class path in the place of onnxruntime");
        }
        if (!operatorsAvailable()) {
            missing.add("this build has no CUDA operators: it must be made where nvcc is");
        }
        if (!missing.isEmpty()) {
            throw new OnnxUnavailableException(
                    String.join("; ", missing)
                            + " ('./tts doctor' on this machine says what else it lacks)",
                    null);
        }
        return open(LIBRARY, index);
    }

    /** Whether ONNX Runtime has its CUDA provider. */
    public static boolean providerAvailable() {
        return OnnxRuntime.providers().contains(PROVIDER);
    }

    /**
     * Opens the device that is emulated on the CPU, where the project's tests are built.
     *
     * @throws OnnxUnavailableException if the emulation is not there
     */
    public static CudaDevice openEmulated() {
        return open(EMULATION, 0);
    }

    private static CudaDevice open(LibraryResource library, int index) {
        load(library);
        int error = DeviceLibrary.select(index);
        if (error != 0) {
            throw refusal(index, error, DeviceLibrary.errorText(error));
        }
        return new CudaDevice(index, DeviceLibrary.isEmulation());
    }

    /** What CUDA says of a device may pass, but for a few things. */
    static RuntimeException refusal(int index, int error, String text) {
        String message =
                "CUDA device %d can't be used: %s (CUDA's error %d)".formatted(index, text, error);
        return LASTING_ERRORS.contains(error)
                ? new OnnxUnavailableException(message, null)
                : new DeviceUnavailableException(message);
    }

    private static synchronized void load(LibraryResource library) {
        if (loaded == library) {
            return;
        }
        if (loaded != null) {
            throw new IllegalStateException("one process has real devices or an emulated one");
        }
        OnnxRuntime.environment();
        try {
            Path unpacked = library.unpack();
            // ONNX Runtime finds the library that Java has loaded by the name of its file, as long
            // as the file is there.
            try (SessionOptions options = new SessionOptions()) {
                System.load(unpacked.toString());
                options.registerCustomOpLibrary(unpacked.toString());
            } finally {
                Files.delete(unpacked);
            }
            file = unpacked;
            loaded = library;
        } catch (IOException | OrtException | UnsatisfiedLinkError e) {
            throw LibraryResource.unusable(e);
        }
    }

    /**
     * Memory of the device that nobody has allocated, in bytes. For the thread that has opened it.
     */
    public long freeBytes() throws OrtException {
        return DeviceLibrary.freeBytes();
    }

    /**
     * Requires that ONNX Runtime can use this device, as far as that shows without a model.
     *
     * @throws OnnxUnavailableException if not, as where one of CUDA's libraries is missing
     */
    public void requireProvider() {
        try (SessionOptions options = new SessionOptions()) {
            addTo(options, false);
        } catch (OrtException e) {
            throw new OnnxUnavailableException(
                    "ONNX Runtime can't use its CUDA provider on " + this, e);
        }
    }

    /** Whether it is one that the CPU plays. */
    public boolean isEmulated() {
        return emulated;
    }

    /**
     * Makes a session run on this device.
     *
     * @param captures whether runs with a {@code gpu_graph_id} are captured as CUDA graphs
     */
    public void addTo(SessionOptions options, boolean captures) throws OrtException {
        if (!emulated) {
            try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
                cuda.add("enable_cuda_graph", captures ? "1" : "0");
                options.addCUDA(cuda);
            }
            options.addConfigEntry("session.disable_cpu_ep_fallback", "1");
        }
        options.registerCustomOpLibrary(file.toString());
    }

    /**
     * Memory of the device, zeroed.
     *
     * @throws OrtException if there is not as much
     */
    public DeviceMemory allocate(long bytes) throws OrtException {
        return new DeviceMemory(index, bytes, false);
    }

    /**
     * Memory of the host that the device uses, too, zeroed.
     *
     * @throws OrtException if there is not as much
     */
    public DeviceMemory allocateShared(int bytes) throws OrtException {
        return new DeviceMemory(index, bytes, true);
    }

    /**
     * Draws tokens from logits; returns when they are there. One launch of a kernel, which copies
     * and allocates nothing.
     *
     * @param draws {@code count} of the struct {@code Draw} in {@code sample.cuh}
     * @param logits floats, [rows, {@code stride}]
     * @param scratch 2 · {@code stride} doubles for each draw
     * @param tokens 32-bit integers to be written, −1 where none can be drawn
     */
    public void sample(
            DeviceMemory draws,
            DeviceMemory logits,
            int stride,
            DeviceMemory scratch,
            DeviceMemory tokens,
            int count)
            throws OrtException {
        DeviceLibrary.sample(
                draws.address((long) count * DRAW_BYTES),
                logits.address(0),
                stride,
                scratch.address(2L * stride * Double.BYTES * count),
                tokens.address((long) count * Integer.BYTES),
                count);
    }

    @Override
    public String toString() {
        return emulated ? "an emulated CUDA device" : "CUDA device " + index;
    }
}
