package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command in a process of its own, with a directory of its own for temporary files. */
final class TtsProcess implements AutoCloseable {

    private final Path directory;
    private final Process process;

    private TtsProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a command.
     *
     * @param directory for its output and its temporary files; made
     */
    static TtsProcess start(Path directory, List<String> arguments) throws IOException {
        Files.createDirectories(directory.resolve("tmp"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Djava.io.tmpdir=" + directory.resolve("tmp"));
        command.add(Tts.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        builder.redirectOutput(directory.resolve("out").toFile());
        builder.redirectError(directory.resolve("err").toFile());
        return new TtsProcess(directory, builder.start());
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** Standard output so far. */
    String out() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    /** Standard error so far. */
    String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    /** Directory for temporary files. */
    Path temporary() {
        return directory.resolve("tmp");
    }

    /** Asserts that it has not ended. */
    void assertAlive() throws IOException {
        assertThat(process.isAlive()).as(out() + err()).isTrue();
    }

    /** Sends SIGTERM, like Ctrl-C, and waits for the end. */
    void terminate() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("has ended").isTrue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
