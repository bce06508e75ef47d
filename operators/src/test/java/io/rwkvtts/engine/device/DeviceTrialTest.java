package io.rwkvtts.engine.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import io.rwkvtts.engine.cuda.CudaModels;
import io.rwkvtts.engine.cuda.Emulation;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeviceTrialTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ".*_CUDA")
    void testDeviceHasTheNumbersOfTheCpu(Quantization form) throws IOException {
        assertThat(DeviceTrial.of(Emulation.device(), form)).isEmpty();
    }

    /** One that computes with other weights stands for one that computes something else. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = ".*_CUDA")
    void testDeviceWithOtherNumbersIsTold(Quantization form) throws IOException {
        CudaDevice device = Emulation.device();
        ModelShape shape = ModelShape.proportioned(1, 128, 500, 500);
        Path other = directory.resolve("other.safetensors");
        RandomCheckpoint.write(other, shape, TensorType.F32, 4);
        ModelDirectory onDevice = CudaModels.export(other, form, directory.resolve("other"));
        ModelDirectory onCpu = CudaModels.export(shape, Quantization.NONE, directory);
        assertThat(DeviceTrial.compare(onCpu, onDevice, device, 0.01f))
                .contains("other numbers than the CPU's after a prompt of 1 tokens and 0 steps");
    }

    @Test
    void testNumbersThatAreNoneAreOther() throws IOException {
        CudaDevice device = Emulation.device();
        ModelShape shape = ModelShape.proportioned(1, 128, 500, 500);
        ModelDirectory onDevice = CudaModels.export(shape, Quantization.FP16_CUDA, directory);
        ModelDirectory onCpu = CudaModels.export(shape, Quantization.FP16, directory);
        assertThat(DeviceTrial.compare(onCpu, onDevice, device, Float.NaN)).isPresent();
        assertThat(DeviceTrial.compare(onCpu, onDevice, device, 1e-3f)).isEmpty();
    }
}
