package io.rwkvtts.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code tts}, with the real Java and with scripts in the place of java and mvn. */
class LauncherITCase {

    /** Says that it is Java {@code version}, or shows what it was given. */
    private static final String JAVA =
            """
            #!/bin/sh
            if [ "$1" = -version ]; then
                echo 'openjdk version "%s" 2020-01-01' >&2
            else
                echo "telemetry off: $ORT_DISABLE_TELEMETRY"
                for argument in "$@"; do echo "<$argument>"; done
            fi
            """;

    /** Takes long enough to be overtaken, and leaves a line for each build. */
    private static final String MAVEN =
            """
            #!/bin/sh
            echo "$@" >> builds
            sleep 0.5
            mkdir -p tools/target/lib
            """;

    @TempDir private Path directory;

    private record Result(int status, String out, String err) {}

    private final ProcessBuilder builder = new ProcessBuilder();

    @BeforeEach
    void neverBuildInATest() {
        builder.environment().put("TTS_NO_BUILD", "1");
        builder.directory(directory.toFile());
    }

    @Test
    void testPrintsTheVersion() throws Exception {
        Result result = run(launcher(), "--version");

        assertThat(result.out()).matches("flink-rwkv-tts \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void testShowsTheHelpOfACommand() throws Exception {
        Result result = run(launcher(), "demo", "--help");

        assertThat(result.out()).contains("Usage: tts demo").contains("--once");
        assertThat(result.status()).isZero();
    }

    @Test
    void testAnUnknownOptionIsWrongUsage() throws Exception {
        Result result = run(launcher(), "demo", "--nonsense");

        assertThat(result.err()).contains("--nonsense").contains("Try 'tts demo --help'");
        assertThat(result.status()).isEqualTo(2);
    }

    @Test
    void testRunsThroughASymbolicLinkInAnotherDirectory() throws Exception {
        Path link = Files.createDirectories(directory.resolve("a b")).resolve("speak");
        Files.createSymbolicLink(link, launcher());

        assertThat(run(link, "--version").out()).startsWith("flink-rwkv-tts ");
    }

    @Test
    void testLeavesTheArgumentsAsTheyAre() throws Exception {
        useJava("17.0.1");

        Result result = run(launcher(), "demo", "a  b", "", "*", "$HOME", "\"quoted\"", "ü");

        assertThat(result.out().lines().skip(1).map(line -> line.substring(1, line.length() - 1)))
                .endsWith(
                        "io.rwkvtts.cli.Tts", "demo", "a  b", "", "*", "$HOME", "\"quoted\"", "ü");
    }

    /** ONNX Runtime's telemetry crashes the JVM if the command line is long. */
    @Test
    void testTheCommandLineIsShortAndTelemetryOff() throws Exception {
        useJava("17.0.1");

        Result result = run(launcher(), "demo");

        assertThat(result.out()).startsWith("telemetry off: 1\n").hasSizeLessThan(2000);
    }

    @Test
    void testJavaOptionsAreSplitAtBlanks() throws Exception {
        useJava("17.0.1");
        builder.environment().put("TTS_JAVA_OPTS", "-Xmx1g -Da=b");

        assertThat(run(launcher(), "demo").out()).contains("<-Xmx1g>\n<-Da=b>\n");
    }

    @Test
    void testTakesTheWarningsFromNewerJava() throws Exception {
        useJava("17.0.15");
        assertThat(run(launcher(), "demo").out()).doesNotContain("native-access");

        useJava("25");
        assertThat(run(launcher(), "demo").out())
                .contains("<--enable-native-access=ALL-UNNAMED>")
                .contains("<--sun-misc-unsafe-memory-access=allow>");
    }

    @Test
    void testRefusesAnOldJava() throws Exception {
        useJava("1.8.0_392");

        Result result = run(launcher(), "demo");

        assertThat(result.err()).contains("is Java 1, expected 17 or later: set JAVA_HOME");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void testNamesAJavaHomeWithoutJava() throws Exception {
        builder.environment().put("JAVA_HOME", "/not/there");

        Result result = run(launcher(), "demo");

        assertThat(result.err()).contains("no Java found in /not/there");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void testSaysThatNothingIsBuilt() throws Exception {
        Result result = run(copyOfProject(), "demo");

        assertThat(result.err()).contains("nothing is built in").contains("TTS_NO_BUILD is set");
        assertThat(result.status()).isEqualTo(1);
    }

    @Test
    void testTwoFirstStartsAtOnceBuildOnce() throws Exception {
        useJava("17.0.1");
        Path copy = copyOfProject();
        script("bin/mvn", MAVEN);
        builder.environment().merge("PATH", directory + "/bin:", (path, own) -> own + path);
        builder.environment().remove("TTS_NO_BUILD");

        Process first = start(copy, "demo");
        Process second = start(copy, "demo");

        for (Process process : List.of(first, second)) {
            Result result = end(process);
            assertThat(result.err()).doesNotContain("tts:");
            assertThat(result.out()).contains("/a b/tools/target/tts.jar:");
            assertThat(result.status()).isZero();
        }
        assertThat(copy.resolveSibling("builds"))
                .hasContent("-q -B -DskipTests -Dspotless.check.skip=true package");
        assertThat(copy.resolveSibling("tools/target/tts.built")).exists();
    }

    @Test
    void testTakesTheArchiveOfClassesUntilABuildRemovesIt() throws Exception {
        useJava("17.0.1");
        Path copy = copyOfProject();
        Path archive = copy.resolveSibling("tools/target/classes.jsa");
        Files.createDirectories(archive.resolveSibling("lib"));
        Files.createFile(archive);
        assertThat(run(copy, "demo").out()).contains("<-XX:SharedArchiveFile=" + archive + ">");

        script("bin/mvn", MAVEN);
        builder.environment().merge("PATH", directory + "/bin:", (path, own) -> own + path);
        builder.environment().remove("TTS_NO_BUILD");

        assertThat(run(copy, "demo").out()).doesNotContain("SharedArchiveFile");
        assertThat(archive).doesNotExist();
    }

    @Test
    void testAFailedBuildIsNotTakenForBuilt() throws Exception {
        useJava("17.0.1");
        Path copy = copyOfProject();
        script("bin/mvn", "#!/bin/sh\nexit 1\n");
        builder.environment().merge("PATH", directory + "/bin:", (path, own) -> own + path);
        builder.environment().remove("TTS_NO_BUILD");

        Result result = run(copy, "demo");

        assertThat(result.err()).contains("tts: the build failed");
        assertThat(result.status()).isEqualTo(1);
        assertThat(copy.resolveSibling("tools/target/tts.built")).doesNotExist();
    }

    /** Java takes whichever of two versions the folder yields first. */
    @Test
    void testTheClassPathHasEachLibraryOnce() throws Exception {
        try (Stream<Path> jars = Files.list(ProjectFiles.root().resolve("tools/target/lib"))) {
            assertThat(jars.map(LauncherITCase::withoutVersion))
                    .isNotEmpty()
                    .doesNotHaveDuplicates();
        }
    }

    /** {@code netty-codec-4.1.1.Final-linux.jar} as {@code netty-codec-linux}. */
    private static String withoutVersion(Path jar) {
        return jar.getFileName().toString().replaceFirst("\\.jar$", "").replaceAll("-\\d[^-]*", "");
    }

    private static Path launcher() {
        return ProjectFiles.root().resolve("tts");
    }

    /** The launcher in a project without anything else, in a directory with a blank in its name. */
    private Path copyOfProject() throws IOException {
        Path project = Files.createDirectories(directory.resolve("a b"));
        for (String module : List.of(".", "schemas", "client", "operators", "job", "tools")) {
            Path sources = Files.createDirectories(project.resolve(module).resolve("src/main"));
            Files.createFile(sources.resolveSibling("../pom.xml"));
        }
        return Files.copy(launcher(), project.resolve("tts"));
    }

    private void useJava(String version) throws IOException {
        script("jdk/bin/java", JAVA.formatted(version));
        builder.environment().put("JAVA_HOME", directory.resolve("jdk").toString());
    }

    private void script(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Result run(Path launcher, String... arguments) throws Exception {
        return end(start(launcher, arguments));
    }

    private Process start(Path launcher, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        return builder.command(command).start();
    }

    /** What little the launcher says fits into the pipes. */
    private static Result end(Process process) throws Exception {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end within a minute");
        }
        return new Result(
                process.exitValue(),
                new String(process.getInputStream().readAllBytes(), UTF_8),
                new String(process.getErrorStream().readAllBytes(), UTF_8));
    }
}
