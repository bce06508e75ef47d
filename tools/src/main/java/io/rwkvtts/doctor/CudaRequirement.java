package io.rwkvtts.doctor;

import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceUnavailableException;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a command asks of a machine before it starts anything that must run on a CUDA device, so
 * that all that is missing is named at once.
 */
public final class CudaRequirement {

    private CudaRequirement() {}

    /**
     * Requires that the device can be used, as far as that shows without a model.
     *
     * @param index as CUDA numbers the devices that this process may use
     * @throws IllegalArgumentException if not; a line for each thing that is missing on this
     *     machine, with what to do about it
     */
    public static void check(int index) {
        check(index, Machine.here());
    }

    static void check(int index, Machine machine) {
        List<Check> checks = GpuChecks.needs(machine);
        Optional<String> failure = Optional.empty();
        if (GpuChecks.canTry(checks)) {
            failure = failure(index);
            if (failure.isEmpty()) {
                return;
            }
        }
        throw new IllegalArgumentException(message(index, failure, checks));
    }

    private static Optional<String> failure(int index) {
        try {
            CudaDevice.open(index).requireProvider();
            return Optional.empty();
        } catch (OnnxUnavailableException | DeviceUnavailableException e) {
            return Optional.of(e.getMessage());
        }
    }

    /**
     * The device, the error if it was tried, and what is not as it should be.
     *
     * @param failure empty if the device was not tried
     */
    static String message(int index, Optional<String> failure, List<Check> checks) {
        List<String> lines = new ArrayList<>();
        lines.add(
                "CUDA device %d can't be used here; --device auto takes the CPU".formatted(index));
        failure.ifPresent(error -> lines.add("  " + error));
        checks.stream()
                .filter(check -> !check.isOk())
                .forEach(
                        check ->
                                lines.add(
                                        "  %s: %s -> %s"
                                                .formatted(
                                                        check.name(),
                                                        check.found(),
                                                        check.advice())));
        return String.join("\n", lines);
    }
}
