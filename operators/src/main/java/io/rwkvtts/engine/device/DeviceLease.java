package io.rwkvtts.engine.device;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which CUDA devices the engines of this process use. There is one engine for each device: the
 * capture of a CUDA graph does not bear another thread that asks the same device for something.
 *
 * <p>For any thread.
 */
final class DeviceLease {

    private static final Set<Integer> TAKEN = new HashSet<>();

    private DeviceLease() {}

    /**
     * Takes the first device that no engine of this process uses.
     *
     * @param indexes of the devices that may be taken, as CUDA numbers them; at least one
     * @throws DeviceTakenException if all are in use
     */
    static int take(List<Integer> indexes) {
        synchronized (TAKEN) {
            for (int index : indexes) {
                if (TAKEN.add(index)) {
                    return index;
                }
            }
        }
        throw new DeviceTakenException(indexes);
    }

    /** Gives a device back that was taken. */
    static void giveBack(int index) {
        synchronized (TAKEN) {
            TAKEN.remove(index);
        }
    }
}
