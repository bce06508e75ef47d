package io.rwkvtts.job;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a process may use.
 *
 * @param processBytes in all: the machine's memory, or the limit of the container (cgroup)
 * @param heapBytes of the Java heap, {@code -Xmx}
 */
record MemoryLimits(long processBytes, long heapBytes) {

    /** The limits of this process. */
    static MemoryLimits ofThisProcess() {
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new MemoryLimits(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory());
    }
}
