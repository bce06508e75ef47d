package io.rwkvtts.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rwkvtts.doctor.Check.Status;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceTrialTest {

    @TempDir private Path directory;

    @Test
    void testEmulatedDeviceHasTheBitsOfTheCpu() throws IOException {
        assumeTrue(CudaDevice.emulationAvailable(), "built without a C++ compiler: no emulation");
        Check check = DeviceTrial.of(CudaDevice::openEmulated, directory);
        assertThat(check.found())
                .isEqualTo("the CPU's bits: logits and states of 8 prompts and 8 steps");
        assertThat(check.status()).isEqualTo(Status.OK);
    }

    @Test
    void testDeviceThatIsNotThereIsTold() throws IOException {
        assumeTrue(CudaDevice.emulationAvailable(), "built without a C++ compiler");
        assumeFalse(OnnxRuntime.providers().contains("CUDA"));
        Check check = DeviceTrial.of(() -> CudaDevice.open(0), directory);
        assertThat(check.status()).isEqualTo(Status.BAD);
        assertThat(check.found()).contains("no CUDA provider");
    }
}
