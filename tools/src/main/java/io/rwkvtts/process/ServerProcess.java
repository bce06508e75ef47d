package io.rwkvtts.process;

import io.rwkvtts.local.TemporaryDirectory;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A server in a JVM of its own, on the class path of this one. Can be killed without warning and
 * started again, or paused. Ends with this process, however that ends.
 *
 * <p>Owns the process and its directory of temporary files, which what is killed cannot clean up.
 * Safe for use by several threads: one may close it while another starts it.
 */
public final class ServerProcess implements AutoCloseable {

    private final String name;
    private final Path directory;
    private final List<String> jvm;
    private final List<String> main;
    private final Map<String, String> environment;
    private Process process;
    private Pause pause;
    private boolean closed;

    /**
     * @param name of the server, for messages and files
     * @param directory for its log, {@code <name>.log}, and its temporary files
     * @param jvm options of the JVM
     * @param main name of the class to run and its arguments
     */
    public ServerProcess(String name, Path directory, List<String> jvm, List<String> main) {
        this(name, directory, jvm, main, Map.of());
    }

    /**
     * The same with variables of its environment.
     *
     * @param environment added to that of this process
     */
    public ServerProcess(
            String name,
            Path directory,
            List<String> jvm,
            List<String> main,
            Map<String, String> environment) {
        this.name = name;
        this.directory = directory;
        this.jvm = List.copyOf(jvm);
        this.main = List.copyOf(main);
        this.environment = Map.copyOf(environment);
    }

    /** Name of the server. */
    public String name() {
        return name;
    }

    /** Starts the process; its output goes to the end of its log. */
    public synchronized void start() throws IOException {
        if (closed) {
            throw new IllegalStateException(name + " is not to be started any more");
        }
        Path temporary = directory.resolve(name + ".tmp");
        TemporaryDirectory.delete(temporary);
        Files.createDirectories(temporary);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(sharedClasses());
        command.addAll(jvm);
        command.add("-XX:ErrorFile=" + directory.resolve("hs_err_" + name + "_%p.log"));
        command.add("-Djava.io.tmpdir=" + temporary);
        command.add("-Dlog4j.configurationFile=log4j2-servers.properties");
        command.add(OrphanGuard.class.getName());
        command.addAll(main);
        ProcessBuilder builder = new ProcessBuilder(command);
        // Not in the command line: see OnnxRuntime for what a long one does.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.environment().putAll(environment);
        File log = log().toFile();
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        process = builder.start();
    }

    /** The archive of classes that this process was started with: it fits the same class path. */
    private static List<String> sharedClasses() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:SharedArchiveFile="))
                .toList();
    }

    /** {@code kill -9}, paused or not; returns when the process is gone. */
    public synchronized void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor();
            resume();
        }
    }

    /**
     * {@code kill -STOP}: the process does nothing until {@link #resume}, and its connections stay
     * open.
     *
     * @throws IOException if the process is gone
     */
    public synchronized void pause() throws IOException {
        if (pause == null) {
            pause = Pause.of(handle().pid());
        }
    }

    /** {@code kill -CONT}; does nothing if the process is not paused. */
    public synchronized void resume() {
        if (pause != null) {
            pause.close();
            pause = null;
        }
    }

    /**
     * The running process.
     *
     * @throws IllegalStateException if it was not started
     */
    public synchronized ProcessHandle handle() {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process.toHandle();
    }

    /**
     * Requires that the process has not ended by itself.
     *
     * @throws IllegalStateException if it has; names its log
     */
    public synchronized void requireAlive() {
        if (process != null && !process.isAlive() && !closed) {
            throw new IllegalStateException(
                    "%s ended by itself with status %d: see %s"
                            .formatted(name, process.exitValue(), log()));
        }
    }

    /** Where its output goes. */
    public Path log() {
        return directory.resolve(name + ".log");
    }

    /** Kills the process for good. */
    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly().onExit().join();
            resume();
        }
    }
}
