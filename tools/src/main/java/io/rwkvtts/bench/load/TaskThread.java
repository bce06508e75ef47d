package io.rwkvtts.bench.load;

import com.sun.management.ThreadMXBean;
import io.rwkvtts.local.LoopbackPorts;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The thread of the task that generates, in another JVM, seen through JMX. Owns the connection. */
final class TaskThread implements AutoCloseable {

    private static final String NAME = "Synthesize";

    private final JMXConnector connector;
    private final ThreadMXBean threads;
    private final long id;

    /**
     * @param port of the other JVM's JMX agent
     */
    TaskThread(int port) throws IOException {
        connector =
                JMXConnectorFactory.connect(
                        new JMXServiceURL(
                                "service:jmx:rmi:///jndi/rmi://%s:%d/jmxrmi"
                                        .formatted(LoopbackPorts.HOST, port)));
        threads =
                ManagementFactory.newPlatformMXBeanProxy(
                        connector.getMBeanServerConnection(),
                        ManagementFactory.THREAD_MXBEAN_NAME,
                        ThreadMXBean.class);
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

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
