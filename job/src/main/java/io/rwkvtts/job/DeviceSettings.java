package io.rwkvtts.job;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.device.Device;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.OptionChecks;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What engines compute on.
 *
 * @param device the kind
 * @param index of the CUDA device where Flink does not manage the devices
 */
public record DeviceSettings(Device device, int index) implements Serializable {

    /** What engines compute on. */
    public static final ConfigOption<Device> DEVICE =
            ConfigOptions.key("tts.device")
                    .enumType(Device.class)
                    .defaultValue(Device.AUTO)
                    .withDescription(
                            "What the engines compute on. 'cpu'. 'cuda': a CUDA device"
                                    + " (experimental, never run on a card), which takes the weights"
                                    + " of tts.quantize "
                                    + String.join(", ", Quantization.takenByCuda())
                                    + " only; the job does not start without it. 'auto': a CUDA"
                                    + " device if ONNX Runtime has its CUDA provider, the device"
                                    + " works and takes the weights, else the CPU, with a line in"
                                    + " the log that says why. A step on a device does not hold up"
                                    + " the task.");

    /** Which CUDA device. */
    public static final ConfigOption<Integer> DEVICE_INDEX =
            ConfigOptions.key("tts.cuda.device-index")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Number of the CUDA device, as CUDA counts those that the process may"
                                    + " use. Where the TaskManager has Flink's external resource"
                                    + " 'gpu', its numbers are taken and this is not. One engine"
                                    + " for each device.");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static DeviceSettings from(ReadableConfig config) {
        return new DeviceSettings(
                config.get(DEVICE), OptionChecks.atLeast(0, config, DEVICE_INDEX));
    }

    /**
     * Requires that a CUDA device takes the weights of a model, where nothing else may compute.
     *
     * @throws IllegalArgumentException if not; names the option
     */
    static void requireCudaWeights(ModelDirectory model) {
        try {
            ModelForms.requireCudaWeights(model);
        } catch (ModelFormatException e) {
            throw new IllegalArgumentException(
                    "%s is cuda: %s (%s)"
                            .formatted(DEVICE.key(), e.getMessage(), SpeechModel.QUANTIZE.key()),
                    e);
        }
    }

    /**
     * The devices that an engine may take.
     *
     * @param managed those that Flink has for the TaskManager, if it manages any
     */
    List<Integer> indexes(List<Integer> managed) {
        return managed.isEmpty() ? List.of(index) : managed;
    }
}
