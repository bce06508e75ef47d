package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the demo leaves in the directory for temporary files, in a process of its own. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TemporaryFilesITCase {

    /** Of no user. */
    private static final String OTHER_USER = "54321";

    @TempDir private static Path shared;
    @TempDir private Path directory;
    private Path temporary;

    @BeforeEach
    void makeTemporary() throws IOException {
        temporary = Files.createDirectory(directory.resolve("tmp"));
    }

    @Test
    void testNothingIsLeftAfterOnce() throws Exception {
        Process demo = demo(List.of(), "--once");
        assertThat(demo.waitFor(120, TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(left()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void testNothingIsLeftAfterASignal(String signal) throws Exception {
        Process demo =
                demo(
                        List.of(),
                        "--kafka-port=0",
                        "--web-port=0",
                        "--metrics-port=0",
                        "--gateway-port=0");
        try {
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> !demo.isAlive() || output().contains("Serving until"));
            // Nothing has a name that another user's demo would want, too.
            assertThat(left())
                    .as(output())
                    .isNotEmpty()
                    .allMatch(name -> name.matches(".*\\d{6,}.*"));

            new ProcessBuilder("kill", "-" + signal, Long.toString(demo.pid())).start().waitFor();

            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(left()).isEmpty();
        } finally {
            demo.destroyForcibly();
        }
    }

    /** A directory of Flink's usual name, as the demo of another user once left it. */
    @Test
    void testAnotherUserFindsTheUsualNamesTaken() throws Exception {
        List<String> asOther =
                List.of(
                        "setpriv",
                        "--reuid=" + OTHER_USER,
                        "--regid=" + OTHER_USER,
                        "--clear-groups");
        assumeThat(canRun(asOther)).as("another user that may read the class path").isTrue();
        Path taken = Files.createDirectory(temporary.resolve("flink-web-upload"));
        Files.setPosixFilePermissions(taken, PosixFilePermissions.fromString("rwx------"));
        for (Path path : List.of(directory, temporary, shared)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        }

        Process demo = demo(asOther, "--once");
        assertThat(demo.waitFor(120, TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).as(output()).isZero();
        assertThat(left()).containsExactly("flink-web-upload");
    }

    private boolean canRun(List<String> asOther) throws Exception {
        List<String> test = new ArrayList<>(asOther);
        test.addAll(List.of("sh", "-c", "for f; do [ -r \"$f\" ] || exit 1; done", "sh"));
        Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> Files.exists(Path.of(entry)))
                .forEach(test::add);
        test.add(java());
        try {
            return new ProcessBuilder(test).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Process demo(List<String> prefix, String... arguments) throws IOException {
        DemoVoice.unpack(new ModelCache(shared));
        List<String> line = new ArrayList<>(prefix);
        line.addAll(List.of(java(), "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + temporary));
        line.addAll(List.of(Tts.class.getName(), "demo", "-Dtts.cache.directory=" + shared));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(directory.resolve("output"), UTF_8);
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    // The JVM's own, for tools.
                    .filter(name -> !name.startsWith("hsperfdata_"))
                    .toList();
        }
    }
}
