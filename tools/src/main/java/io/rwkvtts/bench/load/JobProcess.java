package io.rwkvtts.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.local.TemporaryDirectory;
import io.rwkvtts.process.ServerProcess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.apache.flink.configuration.Configuration;

/**
 * The process under load, started with the JVM options of this one, and what it costs.
 *
 * <p>Owns the process and its directory, which is kept if the process ended by itself. For one
 * thread.
 */
final class JobProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final long POLL_MS = 20;

    private final TemporaryDirectory directory = TemporaryDirectory.create("tts-bench-");
    private final ServerProcess process;
    private final String bootstrapServers;
    private final JMXConnector management;
    private final TaskThread taskThread;
    private final Thread onSignal = new Thread(this::discard, "end-job-process");

    /**
     * Starts the process and waits until the job takes requests.
     *
     * @param options of the job, with its model, and of Flink
     * @param jvm options of the JVM beside those of this one
     */
    JobProcess(Configuration options, List<String> jvm) throws Exception {
        Path settings = directory.path().resolve("job.json");
        Path ready = directory.path().resolve("ready");
        new ObjectMapper().writeValue(settings.toFile(), options.toMap());
        int port = LoopbackPorts.choose(0, "JMX port");
        process =
                new ServerProcess(
                        "job",
                        directory.path(),
                        jvmOptions(port, jvm),
                        List.of(JobServer.class.getName(), settings.toString(), ready.toString()));
        Runtime.getRuntime().addShutdownHook(onSignal);
        process.start();
        try {
            bootstrapServers = awaitReady(ready);
            management = connect(port);
            taskThread = new TaskThread(management.getMBeanServerConnection());
        } catch (Exception e) {
            Runtime.getRuntime().removeShutdownHook(onSignal);
            process.close();
            throw e;
        }
    }

    private static List<String> jvmOptions(int port, List<String> more) {
        List<String> options =
                new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments());
        options.removeIf(option -> option.startsWith("-Dcom.sun.management"));
        options.add("-Dcom.sun.management.jmxremote.host=" + LoopbackPorts.HOST);
        options.add("-Dcom.sun.management.jmxremote.port=" + port);
        options.add("-Dcom.sun.management.jmxremote.rmi.port=" + port);
        options.add("-Dcom.sun.management.jmxremote.authenticate=false");
        options.add("-Dcom.sun.management.jmxremote.ssl=false");
        options.add("-Djava.rmi.server.hostname=" + LoopbackPorts.HOST);
        options.addAll(more);
        return options;
    }

    private static JMXConnector connect(int port) throws IOException {
        return JMXConnectorFactory.connect(
                new JMXServiceURL(
                        "service:jmx:rmi:///jndi/rmi://%s:%d/jmxrmi"
                                .formatted(LoopbackPorts.HOST, port)));
    }

    private String awaitReady(Path ready) throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!Files.exists(ready)) {
            process.requireAlive();
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "the job has not started after %d s: see %s"
                                .formatted(START_LIMIT.toSeconds(), process.log()));
            }
            Thread.sleep(POLL_MS);
        }
        return Files.readString(ready);
    }

    /** Address of the broker. */
    String bootstrapServers() {
        return bootstrapServers;
    }

    /**
     * Requires that the process has not ended by itself.
     *
     * @throws IllegalStateException if it has; names its log
     */
    void requireAlive() {
        process.requireAlive();
    }

    /** Stops the process where it is, until {@link #resume}. */
    void pause() throws IOException {
        process.pause();
    }

    /** Lets the process continue. */
    void resume() {
        process.resume();
    }

    /** What the process has used so far. */
    Usage usage() throws IOException {
        Duration cpu = process.handle().info().totalCpuDuration().orElse(Duration.ZERO);
        return new Usage(System.nanoTime(), cpu.toNanos(), taskThread.allocatedBytes());
    }

    /** Begins to record where the time to the first chunk goes; to be closed by the caller. */
    FirstChunkTimes firstChunkTimes() throws IOException {
        return new FirstChunkTimes(management.getMBeanServerConnection());
    }

    /**
     * Most physical memory that the process has held at once; -1 where Linux does not report it.
     */
    long peakMemoryBytes() throws IOException {
        Path status = Path.of("/proc/%d/status".formatted(process.handle().pid()));
        if (!Files.isReadable(status)) {
            return -1;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(-1);
        }
    }

    /** On Ctrl-C: nothing is to be found out from what is left. */
    private void discard() {
        process.close();
        directory.close();
    }

    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(onSignal);
        boolean asIntended = process.handle().isAlive();
        try {
            management.close();
        } finally {
            process.close();
            if (asIntended) {
                directory.close();
            }
        }
    }
}
