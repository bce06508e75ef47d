package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomCheckpointTest {

    private static final ModelShape SMALL = ModelShape.proportioned(3, 64, 50, 40);

    @TempDir private Path directory;

    /** The hashes were taken once: a change of one makes every model of a seed another one. */
    @Test
    void testBytesAreAFunctionOfShapeTypeAndSeed() throws Exception {
        assertThat(sha256(write(SMALL, TensorType.F32, 1)))
                .isEqualTo("2c2ed52865d14113869d4fe004b3e3808507d7776188f9fd4888b806be92260b");
        assertThat(sha256(write(SMALL, TensorType.F16, -1)))
                .isEqualTo("c9ed299ca211cff831bfd44f12757cf516e4227fae454f6f48188ac2668a3ac6");
    }

    @Test
    void testCheckpointHasTheShapeAndSaysThatItIsRandom() throws IOException {
        for (int layers = 1; layers <= 3; layers++) {
            ModelShape shape = ModelShape.proportioned(layers, 128, 50, 40);
            try (Checkpoint checkpoint = Checkpoint.open(write(shape, TensorType.F16, -2))) {
                assertThat(checkpoint.shape()).isEqualTo(shape);
                assertThat(checkpoint.naming()).isEqualTo(Naming.OFFICIAL);
                assertThat(checkpoint.randomSeed()).hasValue(-2);
                assertThat(checkpoint.parameters()).isEqualTo(OfficialTensors.parameters(shape));
            }
        }
    }

    @Test
    void testTypesDifferByRoundingOnly() throws IOException {
        try (Checkpoint single = Checkpoint.open(write(SMALL, TensorType.F32, 5));
                Checkpoint half = Checkpoint.open(write(SMALL, TensorType.F16, 5))) {
            float[] expected = single.tensor("blocks.2.att.key.weight");
            for (int i = 0; i < expected.length; i++) {
                expected[i] = HalfFloat.toFloat(HalfFloat.fromFloat(expected[i]));
            }
            assertThat(half.tensor("blocks.2.att.key.weight")).isEqualTo(expected);
        }
    }

    @Test
    void testSeedsAndTensorsHaveWeightsOfTheirOwn() throws IOException {
        try (Checkpoint one = Checkpoint.open(write(SMALL, TensorType.F32, 1));
                Checkpoint two = Checkpoint.open(write(SMALL, TensorType.F32, 2))) {
            assertThat(one.tensor("blocks.0.att.key.weight"))
                    .isNotEqualTo(two.tensor("blocks.0.att.key.weight"))
                    .isNotEqualTo(one.tensor("blocks.0.att.value.weight"))
                    .isNotEqualTo(one.tensor("blocks.1.att.key.weight"));
        }
    }

    /** Over 200 tokens: logits of the order of a trained model's, a state that doesn't grow. */
    @Test
    void testModelIsNumericallyWellBehaved() throws IOException {
        ModelShape shape = ModelShape.proportioned(6, 128, 1000, 1000);
        try (Checkpoint checkpoint = Checkpoint.open(write(shape, TensorType.F32, 3))) {
            ReferenceForward forward = new ReferenceForward(checkpoint);
            double largest = 0;
            for (int token = 0; token < 200; token++) {
                double[] logits = forward.feed(token * 7 % 1000);
                double variance = Arrays.stream(logits).map(l -> l * l).average().orElseThrow();
                assertThat(Math.sqrt(variance)).isBetween(1.0, 3.0);
                largest = Math.max(largest, largestOf(forward.wkv));
            }
            assertThat(largest).isBetween(1.0, 100.0);
        }
    }

    @Test
    void testExistingFileIsReplacedAndNothingElseLeftAfter() throws IOException {
        Path path = write(SMALL, TensorType.F32, 1);
        byte[] first = Files.readAllBytes(path);
        assertThat(write(SMALL, TensorType.F32, 2)).isEqualTo(path);
        assertThat(Files.readAllBytes(path)).hasSameSizeAs(first).isNotEqualTo(first);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void testWhatAnotherWriterHasBegunIsLeftAlone() throws IOException {
        Path begun =
                Files.writeString(
                        directory.resolve(
                                ".random.safetensors." + ProcessHandle.current().pid() + ".part"),
                        "half");
        assertThat(write(SMALL, TensorType.F32, 1)).exists();
        assertThat(begun).hasContent("half");
    }

    @Test
    void testTargetsThatCannotBeWrittenAreNamed() {
        assertThatThrownBy(() -> RandomCheckpoint.write(directory, SMALL, TensorType.F32, 1))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is a directory: expected the name of a file");
        Path nowhere = directory.resolve("none").resolve("f.safetensors");
        assertThatThrownBy(() -> RandomCheckpoint.write(nowhere, SMALL, TensorType.F32, 1))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("none: is no directory");
        ModelShape huge = ModelShape.proportioned(4096, 65536, 1 << 24, 1 << 24);
        Path file = directory.resolve("huge.safetensors");
        assertThatThrownBy(() -> RandomCheckpoint.write(file, huge, TensorType.F32, 1))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("bytes are free: the weights take");
        assertThat(directory).isEmptyDirectory();
    }

    private Path write(ModelShape shape, TensorType type, long seed) throws IOException {
        Path path = directory.resolve("random.safetensors");
        RandomCheckpoint.write(path, shape, type, seed);
        return path;
    }

    private static double largestOf(double[][][][] wkv) {
        return Arrays.stream(wkv)
                .flatMap(Arrays::stream)
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElseThrow();
    }

    private static String sha256(Path path) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path)));
    }
}
