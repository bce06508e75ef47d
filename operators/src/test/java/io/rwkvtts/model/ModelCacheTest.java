package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorFile;
import io.rwkvtts.checkpoint.TensorType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelCacheTest {

    private static final Optional<Quantization> INT8 = Optional.of(Quantization.INT8);

    @TempDir private Path directory;
    private Path file;
    private Path cached;
    private ModelCache cache;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        file = directory.resolve("f.safetensors");
        RandomCheckpoint.write(file, ModelShape.proportioned(2, 64, 90, 80), TensorType.F32, 1);
        cached = directory.resolve("cache/models");
        cache = new ModelCache(cached);
    }

    @Test
    void testCheckpointIsExportedOnce() throws IOException {
        ModelDirectory first = cache.open(file, INT8, 80);
        FileTime made = Files.getLastModifiedTime(first.graph());
        Path renamed = Files.move(file, directory.resolve("g.safetensors"));
        ModelDirectory second = cache.open(renamed, INT8, ModelExporter.ALL_HEAD_ROWS);
        assertThat(second.path()).isEqualTo(first.path()).startsWith(cached);
        assertThat(Files.getLastModifiedTime(second.graph())).isEqualTo(made);
    }

    @Test
    void testEqualWeightsInAnotherFileShareTheModelButNotWhatIsSaidOfTheFile() throws IOException {
        ModelDirectory random = cache.open(file, INT8, 80);
        TensorFile swapped = TensorFile.read(file);
        swapped.names().stream()
                .filter(name -> name.matches(".*att.[wavg][12]"))
                .forEach(swapped::transpose);
        Path other = swapped.write(directory.resolve("webrwkv.safetensors"));
        ModelDirectory shared = cache.open(other, INT8, 80);
        assertThat(shared.path()).isEqualTo(random.path());
        assertThat(shared.naming()).isEqualTo("webrwkv");
        assertThat(shared.randomSeed()).isEmpty();
        assertThat(shared.weightsId()).isEqualTo(random.weightsId());
        assertThat(cache.open(file, INT8, 80).naming()).isEqualTo("official");
        assertThat(cache.open(file, INT8, 80).randomSeed()).hasValue(1);
    }

    @Test
    void testWeightsQuantisationAndHeadRowsMakeAnotherModel() throws IOException {
        Path other = directory.resolve("other.safetensors");
        RandomCheckpoint.write(other, ModelShape.proportioned(2, 64, 90, 80), TensorType.F32, 2);
        assertThat(
                        Stream.of(
                                cache.open(file, INT8, 80),
                                cache.open(other, INT8, 80),
                                cache.open(file, Optional.empty(), 80),
                                cache.open(file, INT8, 79)))
                .extracting(ModelDirectory::path)
                .doesNotHaveDuplicates();
    }

    @Test
    void testDamagedModelIsMadeAgain() throws IOException {
        ModelDirectory model = cache.open(file, INT8, 80);
        Path weights = model.path().resolve("weights.bin");
        long size = Files.size(weights);
        Files.write(weights, new byte[3]);
        assertThat(cache.open(file, INT8, 80).path()).isEqualTo(model.path());
        assertThat(weights).hasSize(size);
    }

    @Test
    void testRemainsOfAKilledExportAreRemoved() throws IOException {
        ModelDirectory model = cache.open(file, INT8, 80);
        Path partial = cached.resolve("." + model.path().getFileName() + ".0000-0000.part");
        Files.move(model.path(), partial);
        cache.open(file, INT8, 80);
        assertThat(partial).doesNotExist();
        assertThat(model.path()).exists();
    }

    @Test
    void testConcurrentCallsShareOneExport() {
        List<CompletableFuture<Path>> calls =
                IntStream.range(0, 4)
                        .mapToObj(i -> CompletableFuture.supplyAsync(this::path))
                        .toList();
        assertThat(calls.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    }

    /** As if the other were the same class of another class loader, which has its own monitor. */
    @Test
    void testExportWaitsForAnotherOfThisJvm() throws Exception {
        ModelDirectory model = cache.open(file, INT8, 80);
        Path lockFile = cached.resolve(model.path().getFileName() + ".lock");
        CompletableFuture<Path> call;
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            call = CompletableFuture.supplyAsync(this::path);
            assertThatThrownBy(() -> call.get(300, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            assertThat(lock.isValid()).isTrue();
        }
        assertThat(call.get()).isEqualTo(model.path());
    }

    private Path path() {
        try {
            return cache.open(file, INT8, 80).path();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void testModelDirectoryIsTakenAsItIs() throws IOException {
        Path exported = cache.open(file, INT8, 70).path();
        assertThat(cache.open(exported, Optional.empty(), 70).path()).isEqualTo(exported);
        assertThat(cache.open(exported, INT8, ModelExporter.ALL_HEAD_ROWS).path())
                .isEqualTo(exported);
        assertThatThrownBy(() -> cache.open(exported, Optional.of(Quantization.NONE), 70))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("quantisation int8: expected none");
        assertThatThrownBy(() -> cache.open(exported, INT8, 71))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("70 head rows: expected at least 71");
    }

    @Test
    void testCheckpointThatCannotBeUsedIsRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> cache.open(file, INT8, 8193))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("80 head rows");
        assertThat(cached).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "/c, /h, /home/u, /c/flink-rwkv-tts",
        "c,  /h, /home/u, /h/.cache/flink-rwkv-tts",
        "'', /h, /home/u, /h/.cache/flink-rwkv-tts",
        ",   /h, ?,       /h/.cache/flink-rwkv-tts",
        ",   '', /home/u, /home/u/.cache/flink-rwkv-tts",
        ",   h,  /home/u, /home/u/.cache/flink-rwkv-tts",
        "/c, ,   ?,       /c/flink-rwkv-tts",
    })
    void testUserDirectoryIsTheFirstAbsoluteOne(
            String caches, String home, String passwd, Path expected) {
        assertThat(ModelCache.ofUser(environment(caches, home), passwd).directory())
                .isEqualTo(expected);
    }

    /** As in a container with an arbitrary user id. */
    @ParameterizedTest
    @CsvSource({",,", ",,?", "c,'',?", "./c,.,''"})
    void testUserWithoutAHomeIsToldOfTheOption(String caches, String home, String passwd)
            throws IOException {
        ModelCache none = ModelCache.ofUser(environment(caches, home), passwd);

        assertThatThrownBy(none::createDirectory)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.cache.directory");
        assertThatThrownBy(() -> none.open(file, INT8, ModelExporter.ALL_HEAD_ROWS))
                .hasMessageContaining("tts.cache.directory");
        Path exported = cache.open(file, INT8, ModelExporter.ALL_HEAD_ROWS).path();
        assertThat(none.open(exported, INT8, ModelExporter.ALL_HEAD_ROWS).path())
                .isEqualTo(exported);
    }

    @Test
    void testPlaceThatCannotBeMadeIsNamedWithTheOption() {
        ModelCache below = new ModelCache(file.resolve("cache"));

        assertThatThrownBy(() -> below.open(file, INT8, ModelExporter.ALL_HEAD_ROWS))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file.resolve("cache").toString(), "tts.cache.directory");
    }

    private static Map<String, String> environment(String caches, String home) {
        Map<String, String> environment = new HashMap<>();
        environment.put("XDG_CACHE_HOME", caches);
        environment.put("HOME", home);
        environment.values().removeIf(Objects::isNull);
        return environment;
    }
}
