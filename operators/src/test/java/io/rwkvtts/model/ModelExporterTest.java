package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelExporterTest {

    private static final ModelShape SHAPE = ModelShape.proportioned(2, 64, 90, 80);

    @TempDir private Path directory;
    private Checkpoint checkpoint;
    private Path target;

    @BeforeEach
    void openCheckpoint() throws IOException {
        Path file = directory.resolve("f.safetensors");
        RandomCheckpoint.write(file, SHAPE, TensorType.F32, -1);
        checkpoint = Checkpoint.open(file);
        target = directory.resolve("model");
    }

    @AfterEach
    void closeCheckpoint() {
        checkpoint.close();
    }

    @ParameterizedTest
    @EnumSource(Quantization.class)
    void testDirectorySaysWhatWasExported(Quantization quantization) throws IOException {
        Path vocabulary = Files.writeString(directory.resolve("vocab.txt"), "1 'a' 1\n");
        ModelExporter.export(checkpoint, quantization, 33, Optional.of(vocabulary), target);
        ModelDirectory model = ModelDirectory.open(target);
        assertThat(model.shape()).isEqualTo(SHAPE);
        assertThat(model.headRows()).isEqualTo(33);
        assertThat(model.quantization()).isEqualTo(quantization);
        assertThat(model.naming()).isEqualTo("official");
        assertThat(model.weightsId()).isEqualTo(checkpoint.weightsId());
        assertThat(model.randomSeed()).hasValue(-1);
        assertThat(model.stateLayout()).isEqualTo(1);
        assertThat(model.graphVersion()).isEqualTo(quantization.graph().version());
        assertThat(model.vocabulary()).get().asString().endsWith("model/vocab.txt");
        assertThat(model.vocabulary().orElseThrow()).hasSameTextualContentAs(vocabulary);
        assertThat(names(directory)).containsExactly("f.safetensors", "model", "vocab.txt");
    }

    @Test
    void testAllHeadRowsAreThoseOfTheCheckpoint() throws IOException {
        ModelDirectory model = export();
        assertThat(model.headRows()).isEqualTo(80);
        assertThat(model.vocabulary()).isEmpty();
    }

    @Test
    void testTensorsOfWeightsLieAtPageBordersBesideTheModel() throws IOException {
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(export().graph()));
        int external = 0;
        for (TensorProto tensor : model.getGraph().getInitializerList()) {
            if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
                external++;
                assertThat(tensor.getExternalData(0).getValue()).isEqualTo("weights.bin");
                assertThat(Long.parseLong(tensor.getExternalData(1).getValue()) % 4096).isZero();
            } else {
                assertThat(tensor.getSerializedSize()).isLessThan(200);
            }
        }
        assertThat(external).isGreaterThan(40);
    }

    @Test
    void testExportIsTheSameBytesEachTime() throws IOException {
        export();
        Path again = directory.resolve("again");
        ModelExporter.export(
                checkpoint,
                Quantization.NONE,
                ModelExporter.ALL_HEAD_ROWS,
                Optional.empty(),
                again);
        for (String name : names(target)) {
            assertThat(again.resolve(name)).hasSameBinaryContentAs(target.resolve(name));
        }
    }

    @Test
    void testTargetThatExistsIsLeftAlone() throws IOException {
        Files.createDirectory(target);
        Files.writeString(target.resolve("notes"), "mine");
        assertThatIOException()
                .isThrownBy(this::export)
                .withMessageContaining("model exists")
                .withMessageContaining("choose another");
        assertThat(names(target)).containsExactly("notes");
        assertThat(names(directory)).containsExactly("f.safetensors", "model");
    }

    @Test
    void testFailedExportLeavesNothing() throws IOException {
        Optional<Path> missing = Optional.of(directory.resolve("missing.txt"));
        assertThatIOException()
                .isThrownBy(
                        () ->
                                ModelExporter.export(
                                        checkpoint, Quantization.NONE, 10, missing, target))
                .withMessageContaining("missing.txt");
        assertThat(names(directory)).containsExactly("f.safetensors");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 81, 8193})
    void testHeadRowsThatTheCheckpointHasNotAreRefused(int headRows) {
        assertThatThrownBy(
                        () ->
                                ModelExporter.export(
                                        checkpoint,
                                        Quantization.NONE,
                                        headRows,
                                        Optional.empty(),
                                        target))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("f.safetensors has 80 head rows")
                .hasMessageContaining(Integer.toString(headRows));
    }

    @Test
    void testOtherHeadSizeIsRefused() throws IOException {
        Path file = directory.resolve("heads.safetensors");
        ModelShape shape = new ModelShape(1, 64, 2, 32, 64, 9, 9, 8, 8, 8, 0);
        RandomCheckpoint.write(file, shape, TensorType.F32, 1);
        try (Checkpoint other = Checkpoint.open(file)) {
            assertThatThrownBy(
                            () ->
                                    ModelExporter.export(
                                            other, Quantization.NONE, 9, Optional.empty(), target))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("heads of size 32");
        }
    }

    @Test
    void testMatricesBeyondTheLongestArrayAreRefused() {
        Path path = Path.of("large.safetensors");
        ModelShape table = ModelShape.proportioned(2, 128, 1 << 24, 1 << 24);
        assertThatThrownBy(() -> ModelExporter.checkSizes(path, table, ModelExporter.ALL_HEAD_ROWS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("large.safetensors has a matrix of 16777216 x 128");
        ModelExporter.checkSizes(path, table, 8193);
        ModelShape wide = ModelShape.proportioned(2, 32_768, 9000, 8193);
        assertThatThrownBy(() -> ModelExporter.checkSizes(path, wide, 8193))
                .hasMessageContaining("131072 x 32768: expected at most 2000000000 elements");
    }

    @Test
    void testDirectoryWithoutDescriptionIsRefused() {
        assertThat(ModelDirectory.isModelDirectory(directory)).isFalse();
        assertRefused(directory, "is no model directory");
        assertRefused(directory.resolve("nowhere"), "is no model directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.onnx", "weights.bin", "vocab.txt"})
    void testMissingAndTruncatedFilesAreRefused(String name) throws IOException {
        Path vocabulary = Files.writeString(directory.resolve("vocab.txt"), "1 'a' 1\n");
        ModelExporter.export(checkpoint, Quantization.NONE, 9, Optional.of(vocabulary), target);
        Path file = target.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(target, name + " has " + (bytes.length - 1) + " bytes");
        Files.delete(file);
        assertRefused(target, name + " is missing");
    }

    @Test
    void testMalformedDescriptionIsRefused() throws IOException {
        export();
        Path description = target.resolve("model.json");
        String text = Files.readString(description);
        Files.writeString(description, text.substring(0, text.length() / 2));
        assertRefused(target, "model.json is damaged");
        Files.writeString(description, text + "{}");
        assertRefused(target, "model.json is damaged");
        Files.writeString(description, "null");
        assertRefused(target, "model.json is damaged: it holds null");
        Files.writeString(description, "");
        assertRefused(target, "model.json is damaged");
        Files.writeString(description, " ".repeat(2_000_000));
        assertRefused(target, "model.json has 2000000 bytes");
    }

    @Test
    void testDescriptionWithWrongFieldsIsRefused() throws IOException {
        export();
        assertEditRefused(json -> json.remove("weightsId"), "weightsId");
        assertEditRefused(json -> json.put("weightsId", (String) null), "weightsId");
        assertEditRefused(json -> json.put("quantization", "int3"), "int3");
        assertEditRefused(json -> json.put("headRows", 81), "headRows is 81");
        assertEditRefused(json -> json.put("headRows", "many"), "many");
        assertEditRefused(json -> json.put("format", 2), "format 2");
        assertEditRefused(json -> json.put("graph", "other-1"), "graph other-1");
        assertEditRefused(json -> json.put("stateLayout", 0), "state layout 0");
        assertEditRefused(json -> json.put("randomSeed", "x"), "randomSeed");
        assertEditRefused(json -> json.put("randomSeed", -1), "randomSeed is \"-1\"");
        assertEditRefused(json -> json.put("randomSeed", 1.5), "randomSeed is \"1.5\"");
        assertEditRefused(json -> json.putObject("randomSeed"), "model.json is damaged");
        assertEditRefused(json -> json.putNull("files"), "model.json is damaged");
        assertEditRefused(json -> ((ObjectNode) json.get("shape")).put("width", 65), "width 65");
        assertEditRefused(
                json -> ((ObjectNode) json.get("files")).remove("model.onnx"), "model.onnx");
    }

    private void assertEditRefused(Consumer<ObjectNode> change, String message) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Path file = target.resolve("model.json");
        byte[] original = Files.readAllBytes(file);
        ObjectNode json = (ObjectNode) mapper.readTree(original);
        change.accept(json);
        mapper.writeValue(file.toFile(), json);
        assertRefused(target, message);
        Files.write(file, original);
    }

    private static void assertRefused(Path path, String message) {
        assertThatThrownBy(() -> ModelDirectory.open(path))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(message);
    }

    private ModelDirectory export() throws IOException {
        return ModelExporter.export(
                checkpoint,
                Quantization.NONE,
                ModelExporter.ALL_HEAD_ROWS,
                Optional.empty(),
                target);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> members = Files.list(directory)) {
            return members.map(member -> member.getFileName().toString()).sorted().toList();
        }
    }
}
