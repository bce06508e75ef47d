package io.rwkvtts.engine.device;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.EngineThread;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cuda.CudaEngine;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceUnavailableException;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the best engine that works: on a CUDA device with captured steps, on the device with the
 * kernels launched one by one, on the CPU. Each rung that does not hold is a line in the log that
 * says why. There is no rung of tensors in the memory of the host that a device copies at each
 * step: the operators write new states into an input, and a copy of it would be lost.
 *
 * <p>An engine on a device has a thread of its own ({@link EngineThread}), since a captured graph
 * belongs to the thread that has captured it.
 */
public final class EngineLadder {

    private static final Logger LOG = LoggerFactory.getLogger(EngineLadder.class);

    /** What opens an engine on a device; captured steps and single launches are its business. */
    @FunctionalInterface
    interface OnDevice {

        /**
         * @param index of the device
         */
        InferenceEngine open(ModelForms model, EngineOptions options, int index) throws IOException;
    }

    private final boolean providerAvailable;
    private final OnDevice onDevice;

    EngineLadder(boolean providerAvailable, OnDevice onDevice) {
        this.providerAvailable = providerAvailable;
        this.onDevice = onDevice;
    }

    /**
     * Opens an engine.
     *
     * @param indexes of the devices that it may take, as CUDA numbers them, the first that is free;
     *     at least one
     * @throws OnnxUnavailableException if it is to be a device and there is none for this build,
     *     ONNX Runtime or driver, or ONNX Runtime itself is missing
     * @throws DeviceUnavailableException if it is to be a device and that can't be used just now
     * @throws DeviceTakenException if it is to be a device and all of them have an engine
     * @throws InferenceException if it is to be a device and that can't load the model, or has not
     *     the results that it should have
     * @throws ModelFormatException if the model can't be loaded, or has no form for what it is to
     *     run on
     * @throws IOException if the model can't be read
     */
    public static InferenceEngine open(
            Device device, List<Integer> indexes, ModelForms model, EngineOptions options)
            throws IOException {
        return new EngineLadder(looksForDevice(device), EngineLadder::openCuda)
                .climb(device, indexes, model, options);
    }

    /**
     * Whether an engine may be on a device; false if it will be on the CPU, or nowhere.
     *
     * @throws OnnxUnavailableException if ONNX Runtime is missing
     */
    public static boolean looksForDevice(Device device) {
        return device != Device.CPU && CudaDevice.providerAvailable();
    }

    private static InferenceEngine openCuda(ModelForms model, EngineOptions options, int index)
            throws IOException {
        CudaDevice device = CudaDevice.open(index);
        // The form is looked for, and made if need be, only where it can be used.
        ModelDirectory form = model.forCuda();
        if (options.selfTest()) {
            requireNumbersOfTheCpu(device, form.quantization());
        }
        return CudaEngine.open(form, options, device);
    }

    private static void requireNumbersOfTheCpu(CudaDevice device, Quantization form)
            throws IOException {
        Optional<String> difference = DeviceTrial.of(device, form);
        if (difference.isPresent()) {
            throw new InferenceException(
                    "a small model is computed wrongly on " + device,
                    new IllegalStateException(difference.get()));
        }
    }

    InferenceEngine climb(
            Device device, List<Integer> indexes, ModelForms model, EngineOptions options)
            throws IOException {
        if (device == Device.CUDA || device == Device.AUTO && providerAvailable) {
            try {
                return onDevice(indexes, model, options);
            } catch (OnnxUnavailableException
                    | DeviceUnavailableException
                    | DeviceTakenException
                    | InferenceException
                    | ModelFormatException e) {
                if (device == Device.CUDA) {
                    throw e;
                }
                LOG.warn("The CPU computes, not a CUDA device: {}", e.getMessage());
            }
        }
        return CpuEngine.open(model.given(), options);
    }

    private InferenceEngine onDevice(List<Integer> indexes, ModelForms model, EngineOptions options)
            throws IOException {
        int index = DeviceLease.take(indexes);
        try {
            return EngineThread.open(
                    "cuda-device-" + index,
                    () -> onDevice.open(model, options, index),
                    () -> DeviceLease.giveBack(index));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the engine was opened");
        } catch (Exception e) {
            throw new IllegalStateException("no other exception is thrown there", e);
        }
    }
}
