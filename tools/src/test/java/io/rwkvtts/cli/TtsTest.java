package io.rwkvtts.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.Quantization;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TtsTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir private Path directory;

    @Test
    void testHelpAndVersionGoToStandardOutput() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("Usage: tts", "random-model", "--verbose");
        assertThat(run("random-model --help")).isZero();
        assertThat(out.toString()).contains("Usage: tts random-model", "F32, F16, BF16");
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains("flink-rwkv-tts (unpackaged)");
        assertThat(err.toString()).isEmpty();
    }

    /** A new one must not need a word here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "export",
                "generate",
                "inspect",
                "run",
                "bench engine",
                "bench quality",
                "bench job"
            })
    void testHelpNamesEveryQuantization(String command) {
        assertThat(run(command + " --help")).isZero();
        String help = out.toString().replaceAll("\\s+", " ");
        assertThat(help).contains(String.join(", ", Quantization.described()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--allow-origin *|would let every page use the gateway",
                "--allow-origin https://example.org/|continues after the host",
                "--max-buffered 0|is not a whole number from 1",
                "--stalled-after 0|is not a whole number from 1",
                "--max-text-chars 300001|more than Kafka takes",
                "--port 70000|port is 70000"
            })
    void testAGatewayThatCouldNotServeIsRefused(String options, String why) {
        assertThat(run("gateway --bootstrap-servers localhost:1 " + options)).isEqualTo(2);
        assertThat(err.toString()).contains(why);
    }

    @Test
    void testRandomModelIsWrittenAsAsked() throws IOException {
        Path file = directory.resolve("f.safetensors");
        int exit =
                run(
                        "random-model --layers 2 --dim 128 --vocab-rows 40 --head-rows 30"
                                + " --dtype f32 --seed 18446744073709551615 --out "
                                + file);
        assertThat(err.toString()).isEmpty();
        assertThat(exit).isZero();
        assertThat(out.toString())
                .startsWith(file + ": 2 layers x 128, ")
                .contains("random weights of seed 18446744073709551615 in F32")
                .contains("its tokens are noise");
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.shape()).isEqualTo(ModelShape.proportioned(2, 128, 40, 30));
            assertThat(checkpoint.randomSeed()).hasValue(-1);
        }
    }

    @Test
    void testRandomModelHasAFullHeadInHalfPrecisionOfSeedZeroByDefault() throws IOException {
        Path file = directory.resolve("f.safetensors");
        assertThat(run("random-model --layers 1 --dim 64 --vocab-rows 40 --out " + file)).isZero();
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.shape().headRows()).isEqualTo(40);
            assertThat(checkpoint.randomSeed()).hasValue(0);
            assertThat(Files.size(file))
                    .isBetween(2 * checkpoint.parameters(), 2 * checkpoint.parameters() + 10_000);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|a command is missing",
                "sing|Unmatched argument at index 0: 'sing'",
                "random-mode|Did you mean: tts random-model",
                "random-model|Missing required options: '--layers=N', '--dim=N', '--vocab-rows=N'",
                "random-model --layers|Missing required parameter for option '--layers' (N)",
                "random-model --layers x|'x' is not an int",
                "random-model --layers 99999999999|'99999999999' is not an int",
                "random-model --layers 2 --layers 3|should be specified only once",
                "random-model --seed -1|expected a number from 0 to 18446744073709551615",
                "random-model --seed 18446744073709551616|expected a number from 0 to",
                "random-model --dtype f8|expected one of [F32, F16, BF16]",
                "random-model --layers 2 --dim 64 --vocab-rows 4 --out none/f --sede 1|Unknown options: '--sede', '1'",
                "chaos --kills 0|--kills is 0, expected at least 1",
                "chaos --faults 0|--faults is 0, expected at least 1",
                "chaos --faults 1 --kills 1|are mutually exclusive",
                "chaos --kinds drop|--kinds is given without --faults",
                "chaos --faults 1 --kinds drop,flood|--kinds: 'flood' is no kind of fault, expected some of kill-task-manager,kill-broker,",
                "chaos --faults 1 --kinds drop,drop|--kinds: 'drop' comes twice",
                "chaos --brokers 2|--brokers is 2, expected 1 or 3",
                "chaos --faults 1 --kinds cut-state --delivery exactly-once|--kinds: cut-state cannot strike: it needs at-least-once",
                "chaos --faults 1 --kinds clock-back --streaming|--kinds: clock-back cannot strike: it cannot be combined with --streaming",
                "chaos --delivery-timeout 5|'5': expected a length of time of at least 1 s, such as 20s",
                "chaos --delivery-timeout soon|'soon': expected a length of time of at least 1 s",
                "chaos --requests 0|--requests is 0, expected at least 1",
                "chaos --parallelism -1|--parallelism is -1, expected at least 1",
                "chaos --seed x|'x': expected a number from 0",
                "chaos --delivery none|--delivery is 'none', expected at-least-once or exactly-once",
                "chaos --directory src|--directory src is not empty"
            })
    void testWrongCommandLinesEndWithTwoAndSayWhatIsWrong(String line, String message) {
        assertThat(run(line)).isEqualTo(2);
        assertThat(err.toString()).startsWith("tts").contains(message).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--layers 0 --dim 64 --vocab-rows 40",
                "--layers 2 --dim 100 --vocab-rows 40",
                "--layers 2 --dim 64 --vocab-rows 0",
                "--layers 2 --dim 64 --vocab-rows 40 --head-rows 41",
                "--layers 2147483647 --dim 2147483584 --vocab-rows 2147483647"
            })
    void testImpossibleShapesAreWrongUsage(String shape) {
        Path file = directory.resolve("f.safetensors");
        assertThat(run("random-model " + shape + " --out " + file)).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("tts random-model: no model of --layers ")
                .contains("expected");
        assertThat(file).doesNotExist();
    }

    @Test
    void testForeseenFailureIsOneLineAndItsStackTraceComesWithVerbose() {
        String line = "random-model --layers 1 --dim 64 --vocab-rows 40 --out " + directory;
        String message =
                "tts random-model: %s: is a directory: expected the name of a file%n"
                        .formatted(directory);
        assertThat(run(line)).isEqualTo(1);
        assertThat(err.toString()).isEqualTo(message);
        for (String verbose : new String[] {line + " --verbose", "--verbose " + line}) {
            err.getBuffer().setLength(0);
            assertThat(run(verbose)).isEqualTo(1);
            assertThat(err.toString()).startsWith(message).contains("\tat io.rwkvtts.");
        }
    }

    @Test
    void testFailureWhoseMessageIsAFileNameSaysWhatIsWrongWithIt() {
        assertThat(fail(new NoSuchFileException("a/b"))).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("tts fail: a/b: no such file%n".formatted());
    }

    @Test
    void testUnforeseenFailureShowsItsStackTrace() {
        assertThat(fail(new IllegalStateException())).isEqualTo(1);
        assertThat(err.toString()).startsWith("tts fail: illegal state").contains("\tat ");
    }

    @Command(name = "fail")
    private record Failing(Exception error) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw error;
        }
    }

    private int fail(Exception error) {
        return execute(Tts.commandLine().addSubcommand(new Failing(error)), "fail");
    }

    private int run(String line) {
        return execute(Tts.commandLine(), line.isEmpty() ? new String[0] : line.split(" "));
    }

    private int execute(CommandLine commandLine, String... args) {
        return commandLine
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
