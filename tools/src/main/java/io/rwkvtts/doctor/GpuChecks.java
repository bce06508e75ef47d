package io.rwkvtts.doctor;

import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.device.DeviceTrial;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceUnavailableException;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an engine on an NVIDIA GPU would need. */
final class GpuChecks {

    /** What the CUDA provider of ONNX Runtime 1.29 is linked with. */
    private static final List<String> LIBRARIES =
            List.of("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10");

    private static final String PROVIDER = "cuda provider";

    private static final String OPERATORS = "cuda operators";

    /** The drivers that CUDA's libraries want at the least. */
    private static final int CUDA_12_DRIVER = 525;

    private static final int CUDA_13 = 13;
    private static final int CUDA_13_DRIVER = 580;

    /** Where NVIDIA's packages put libraries without telling the loader. */
    private static final List<String> OTHER_PLACES =
            List.of("/usr/local/cuda/lib64", "/usr/local/nvidia/lib64", "/usr/local/nvidia/lib");

    private static final Pattern DRIVER =
            Pattern.compile("Kernel Module.*?\\s{2}([0-9]+(?:\\.[0-9]+)+)");

    /** The operators are compiled for this compute capability and later ones. */
    private static final double LEAST_CAPABILITY = 8.0;

    private GpuChecks() {}

    static List<Check> of(Machine machine) {
        List<Check> checks = needs(machine);
        checks.add(compiler(machine));
        if (canTry(checks)
                && CpuEngine.supports(Quantization.INT8_NATIVE)
                && CpuEngine.sumsBytesExactly()) {
            checks.add(trial());
        }
        return checks;
    }

    /** What an engine needs to run, apart from a model. */
    static List<Check> needs(Machine machine) {
        List<Check> checks = new ArrayList<>();
        checks.add(driver(machine, CudaDevice.toolkit()));
        checks.addAll(devices(machine));
        checks.add(libraries(machine));
        checks.add(provider());
        checks.add(operators());
        return checks;
    }

    /** Whether a device can be asked for at all: what else is missing it says itself. */
    static boolean canTry(List<Check> checks) {
        return Stream.of(PROVIDER, OPERATORS)
                .allMatch(
                        name ->
                                checks.stream()
                                        .anyMatch(
                                                check ->
                                                        check.name().equals(name) && check.isOk()));
    }

    private static Check trial() {
        String name = "cuda engine";
        try {
            CudaDevice device = CudaDevice.open(0);
            Optional<String> difference = Optional.empty();
            for (Quantization form : List.of(Quantization.INT8_CUDA, Quantization.FP16_CUDA)) {
                difference = difference.or(() -> difference(device, form));
            }
            return difference
                    .map(text -> Check.bad(name, text, "take the CPU; please report this line"))
                    .orElseGet(
                            () -> Check.ok(name, "the CPU's numbers in int8-cuda and fp16-cuda"));
        } catch (OnnxUnavailableException
                | DeviceUnavailableException
                | InferenceException
                | UncheckedIOException e) {
            return Check.bad(name, e.getMessage(), "take the CPU; please report this line");
        }
    }

    private static Optional<String> difference(CudaDevice device, Quantization form) {
        try {
            return DeviceTrial.of(device, form).map(text -> form + ": " + text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @param toolkit version of CUDA that the operators were made with; empty without them, when
     *     ONNX Runtime's provider decides, which is of CUDA 12
     */
    static Check driver(Machine machine, Optional<String> toolkit) {
        String name = "nvidia driver";
        int least = toolkit.map(GpuChecks::leastDriver).orElse(CUDA_12_DRIVER);
        Optional<String> version =
                machine.lines("/proc/driver/nvidia/version").stream()
                        .map(DRIVER::matcher)
                        .filter(Matcher::find)
                        .map(matcher -> matcher.group(1))
                        .findFirst();
        if (version.isEmpty()) {
            return Check.absent(
                    name,
                    "none",
                    "on a machine with an NVIDIA card install its driver, %d or later; in a container run it with the NVIDIA container toolkit"
                            .formatted(least));
        }
        String found = version.get();
        return number(found) >= least
                ? Check.ok(name, found)
                : Check.bad(
                        name,
                        found,
                        "%s: install driver %d or later"
                                .formatted(
                                        toolkit.map(t -> "the operators are of CUDA " + t)
                                                .orElse("ONNX Runtime's provider is of CUDA 12"),
                                        least));
    }

    private static int leastDriver(String toolkit) {
        return number(toolkit) >= CUDA_13 ? CUDA_13_DRIVER : CUDA_12_DRIVER;
    }

    /** The number before the first dot. */
    private static int number(String version) {
        return Integer.parseInt(version.split("\\.")[0]);
    }

    private static List<Check> devices(Machine machine) {
        String name = "gpu";
        List<String> lines =
                machine.run(
                                "nvidia-smi",
                                "--query-gpu=name,compute_cap,memory.total",
                                "--format=csv,noheader")
                        .orElse(List.of());
        if (lines.isEmpty()) {
            return List.of(
                    Check.absent(name, "nvidia-smi names none", "see the line of the driver"));
        }
        List<Check> checks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            checks.add(device(name + " " + i, lines.get(i)));
        }
        return checks;
    }

    /**
     * @param line as nvidia-smi prints it: name, compute capability, memory
     */
    static Check device(String name, String line) {
        String[] parts = line.split(", *");
        if (parts.length != 3 || !parts[1].matches("[0-9]+\\.[0-9]+")) {
            return Check.bad(name, "nvidia-smi says: " + line, "install a newer driver");
        }
        String found = "%s, compute capability %s, %s".formatted((Object[]) parts);
        return Double.parseDouble(parts[1]) >= LEAST_CAPABILITY
                ? Check.ok(name, found)
                : Check.bad(
                        name,
                        found,
                        "the operators need compute capability 8.0 (Ampere) or later: take the CPU");
    }

    private static Check libraries(Machine machine) {
        String name = "cuda libraries";
        Set<String> missing = new TreeSet<>(LIBRARIES);
        missing.removeIf(library -> known(machine, library));
        if (missing.isEmpty()) {
            return Check.ok(name, String.join(", ", LIBRARIES));
        }
        String found = "not found: " + String.join(", ", missing);
        return OTHER_PLACES.stream()
                .filter(place -> missing.stream().allMatch(l -> machine.exists(place + "/" + l)))
                .findFirst()
                .map(
                        place ->
                                Check.bad(
                                        name,
                                        found + " (but they are in " + place + ")",
                                        "set LD_LIBRARY_PATH=" + place))
                .orElse(
                        Check.absent(
                                name,
                                found,
                                "install the runtime, cuBLAS and cuRAND of CUDA 12 (of NVIDIA's packages cuda-cudart-12-9, libcublas-12-9, libcurand-12-9)"));
    }

    /** Whether the loader would find a library. */
    private static boolean known(Machine machine, String library) {
        boolean named =
                Stream.of(machine.variable("LD_LIBRARY_PATH").split(":"))
                        .filter(place -> place.startsWith("/"))
                        .anyMatch(place -> machine.exists(Path.of(place, library).toString()));
        return named
                || machine
                        .run("ldconfig", "-p")
                        .or(() -> machine.run("/sbin/ldconfig", "-p"))
                        .orElse(List.of())
                        .stream()
                        .anyMatch(line -> line.strip().startsWith(library + " "));
    }

    private static Check provider() {
        String name = PROVIDER;
        try {
            return OnnxRuntime.providers().contains("CUDA")
                    ? Check.ok(name, "in ONNX Runtime " + OnnxRuntime.version())
                    : Check.absent(
                            name,
                            "not in this ONNX Runtime",
                            "com.microsoft.onnxruntime:onnxruntime_gpu in the place of onnxruntime, never both");
        } catch (OnnxUnavailableException e) {
            return Check.bad(name, e.getMessage(), "see the line of ONNX Runtime");
        }
    }

    private static Check operators() {
        return CudaDevice.operatorsAvailable()
                ? Check.ok(
                        OPERATORS,
                        "in this build, of CUDA %s, for compute capability 8.0 and 9.0"
                                .formatted(CudaDevice.toolkit().orElse("?")))
                : Check.absent(
                        OPERATORS,
                        "not in this build",
                        "build where nvcc is: in the PATH, in /usr/local/cuda/bin or named by NVCC");
    }

    private static Check compiler(Machine machine) {
        return Stream.of("nvcc", "/usr/local/cuda/bin/nvcc")
                .map(nvcc -> machine.run(nvcc, "--version").orElse(List.of()))
                .flatMap(List::stream)
                .filter(line -> line.contains("release"))
                .findFirst()
                .map(line -> Check.ok("nvcc", line))
                .orElse(
                        Check.absent(
                                "nvcc",
                                "none",
                                "only to build the CUDA operators: NVIDIA's package cuda-nvcc-12-9"));
    }
}
