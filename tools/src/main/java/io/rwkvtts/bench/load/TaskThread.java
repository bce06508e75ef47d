package io.rwkvtts.bench.load;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import javax.management.MBeanServerConnection;

/** The thread of the task that generates, in another JVM, seen through JMX. */
final class TaskThread {

    private static final String NAME = "Synthesize";

    private final ThreadMXBean threads;
    private final long id;

    /**
     * @param connection to the other JVM's JMX agent
     */
    TaskThread(MBeanServerConnection connection) throws IOException {
        threads =
                ManagementFactory.newPlatformMXBeanProxy(
                        connection, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        ThreadInfo[] all = threads.getThreadInfo(threads.getAllThreadIds());
        id =
                Arrays.stream(all)
                        .filter(thread -> thread != null)
                        .filter(thread -> thread.getThreadName().startsWith(NAME))
                        .filter(thread -> thread.getThreadName().endsWith("#0"))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "the job has no thread " + NAME + " .. #0"))
                        .getThreadId();
    }

    /** Bytes that the thread has allocated on the Java heap so far. */
    long allocatedBytes() {
        return threads.getThreadAllocatedBytes(id);
    }
}
