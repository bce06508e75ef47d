package io.rwkvtts.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which refusal of a device is final, and which may pass. */
class CudaDeviceTest {

    @Test
    void testOldDriverAndMissingDevicesStayAsTheyAre() {
        for (int error : new int[] {35, 100, 101}) {
            assertThat(CudaDevice.refusal(1, error, "a reason"))
                    .isInstanceOf(OnnxUnavailableException.class)
                    .hasMessage(
                            "CUDA device 1 can't be used: a reason (CUDA's error %d)"
                                    .formatted(error));
        }
    }

    @Test
    void testDeviceThatIsBusyMayBeFreeLater() {
        for (int error : new int[] {2, 46, 719}) {
            assertThat(CudaDevice.refusal(0, error, "busy"))
                    .isInstanceOf(DeviceUnavailableException.class)
                    .hasMessageContaining("CUDA device 0 can't be used: busy");
        }
    }
}
