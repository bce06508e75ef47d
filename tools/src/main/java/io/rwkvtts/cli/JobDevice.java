package io.rwkvtts.cli;

import io.rwkvtts.doctor.CudaRequirement;
import io.rwkvtts.engine.device.Device;
import io.rwkvtts.job.DeviceSettings;
import org.apache.flink.configuration.ReadableConfig;

/** What the engines of a job inside this process compute on. */
final class JobDevice {

    private JobDevice() {}

    /** Whether nothing but a CUDA device may compute. */
    static boolean mustBeCuda(ReadableConfig job) {
        return job.get(DeviceSettings.DEVICE) == Device.CUDA;
    }

    /**
     * Requires that the device of a job that needs one can be used, before anything is started.
     *
     * @throws IllegalArgumentException if not; names all that is missing
     */
    static void check(ReadableConfig job) {
        if (mustBeCuda(job)) {
            CudaRequirement.check(job.get(DeviceSettings.DEVICE_INDEX));
        }
    }
}
