package io.rwkvtts.cli;

import io.rwkvtts.doctor.CudaRequirement;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.device.Device;
import io.rwkvtts.engine.device.EngineLadder;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command that opens an engine itself computes on. */
final class DeviceOptions {

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            converter = DeviceConverter.class,
            defaultValue = "auto",
            description =
                    "what computes: auto takes a CUDA device if it works and takes the weights;"
                            + " cuda takes nothing else (experimental, default: ${DEFAULT-VALUE})")
    private Device device;

    @Option(
            names = "--device-index",
            paramLabel = "N",
            converter = NonNegativeConverter.class,
            defaultValue = "0",
            description = "number of the CUDA device (default: ${DEFAULT-VALUE})")
    private int index;

    /**
     * The number format of the demo voice where none is asked for: one that the device takes.
     *
     * @param asked empty if none is asked for
     */
    Optional<Quantization> ofDemoVoice(Optional<Quantization> asked) {
        return asked.isEmpty() && device == Device.CUDA
                ? Optional.of(Quantization.INT8_NATIVE)
                : asked;
    }

    /**
     * An engine for one sequence.
     *
     * @throws IllegalArgumentException if it must be on a device and that can't be used; names all
     *     that is missing
     */
    InferenceEngine open(ModelForms model, int threads) throws IOException {
        if (device == Device.CUDA) {
            CudaRequirement.check(index);
        }
        return EngineLadder.open(
                device, List.of(index), model, new EngineOptions(1, threads, true, true));
    }
}
