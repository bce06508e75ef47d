package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the form of flash-linear-attention, single and in shards. */
class FlaCheckpointTest {

    private static final String ATTENTION = "model.layers.1.attn.";

    @TempDir private Path directory;
    private TensorFile file;
    private String weightsId;

    @BeforeEach
    void readFla() throws IOException {
        Path path = Vectors.file("naming/fla-f32.safetensors");
        file = TensorFile.read(path);
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            weightsId = checkpoint.weightsId();
        }
    }

    @Test
    void testPrefixMayBeMissing() throws IOException {
        file.rename(name -> name.replaceFirst("^model\\.", ""));
        assertSameWeights(write());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void testShiftMixesMayBeStacked(boolean middleDimension) throws IOException {
        stackShiftMixes();
        if (middleDimension) {
            file.reshape(ATTENTION + "x_x", 6, 1, 64);
        }
        assertSameWeights(write());
    }

    @Test
    void testShiftMixesStackedTheOtherWayAreRefused() {
        stackShiftMixes();
        file.reshape(ATTENTION + "x_x", 64, 6);
        assertRefused("(model.layers.1.attn.x_x) has shape [64, 6]: expected [1, 1, 64]");
    }

    @Test
    void testTwoTensorsForOneAreRefused() {
        file.copy("model.norm.weight", "norm.weight");
        assertRefused("model.norm.weight and norm.weight both stand for ln_out.weight");
    }

    @Test
    void testEveryMissingTensorIsNamedInTheOfficialForm() {
        file.remove(ATTENTION + "v_lora.lora.2.bias");
        assertRefused("tensor blocks.1.att.v0 is missing");
    }

    @Test
    void testBiasOfTheGateIsRefusedSinceItWouldBeLost() {
        file.put(ATTENTION + "g_lora.lora.2.bias", 64);
        assertRefused("blocks.1.att.g_lora.lora.2.bias is a tuned initial state or an adapter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.1.attn.r_proj.bias",
                "model.layers.0.ffn.s_emb.weight",
                "model.layers.0.gain",
                "model.norm.gain",
                "lm_head.bias"
            })
    void testTensorsOfAnotherComputationAreRefused(String name) {
        file.put(name, 64);
        assertRefused("(" + name + ") is not part of RWKV-7");
    }

    @Test
    void testIncompleteResparkTablesAreRefused() {
        file.copy("model.embeddings.weight", "text_embedder.weight");
        assertRefused("has only [model.embeddings.weight, text_embedder.weight] of the four");
    }

    @Test
    void testResparkTablesOfDifferentWidthsAreRefused() {
        file.put("text_embedder.weight", 5, 63).put("global_embedder.weight", 5, 64);
        file.put("tts_tag_embedder.weight", 3, 64);
        assertRefused("text_embedder.weight [5, 63]", "expected four of shape [rows, width]");
    }

    @Test
    void testShardsOfADirectoryAreOneCheckpoint() throws IOException {
        writeShards("a.safetensors", "b.safetensors");
        assertSameWeights(directory);
    }

    @Test
    void testDirectoryWithOneFileIsACheckpoint() throws IOException {
        file.write(directory.resolve("model.safetensors"));
        assertSameWeights(directory);
    }

    @Test
    void testMissingShardIsNamed() throws IOException {
        writeShards("a.safetensors", "b.safetensors");
        Files.delete(directory.resolve("b.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("b.safetensors does not exist");
    }

    @Test
    void testTensorInTwoShardsIsRefused() throws IOException {
        writeShards("a.safetensors", "b.safetensors");
        file.write(directory.resolve("b.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("is there twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"weight_map\":{\"a\":\"../a.safetensors\"}}",
                "{\"weight_map\":{\"a\":\"/a.safetensors\"}}",
                "{\"weight_map\":{\"a\":\"sub/a.safetensors\"}}",
                "{\"weight_map\":{\"a\":\"a.bin\"}}",
                "{\"weight_map\":{\"a\":1}}",
                "{\"weight_map\":{}}",
                "{\"weight_map\":[]}",
                "{}",
                "[]",
                "",
                "{\"weight_map\":"
            })
    void testMalformedIndexIsRefused(String index) throws IOException {
        Files.writeString(directory.resolve("model.safetensors.index.json"), index);
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.safetensors.index.json");
    }

    @Test
    void testDirectoryWithoutACheckpointIsRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining(
                        "holds neither model.safetensors nor model.safetensors.index.json");
    }

    private void stackShiftMixes() {
        for (String attention : List.of("model.layers.0.attn.", ATTENTION)) {
            file.put(attention + "x_x", 6, 64);
            int row = 0;
            for (String mix : List.of("x_r", "x_w", "x_k", "x_v", "x_a", "x_g")) {
                float[] values = file.values(attention + mix);
                System.arraycopy(values, 0, file.values(attention + "x_x"), 64 * row++, 64);
                file.remove(attention + mix);
            }
        }
    }

    private void writeShards(String... shards) throws IOException {
        List<String> names = file.names();
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < shards.length; i++) {
            String shard = shards[i];
            List<String> part =
                    names.subList(
                            names.size() * i / shards.length,
                            names.size() * (i + 1) / shards.length);
            file.write(directory.resolve(shard), part);
            part.forEach(name -> map.append(",\"%s\":\"%s\"".formatted(name, shard)));
        }
        Files.writeString(
                directory.resolve("model.safetensors.index.json"),
                "{\"metadata\":{},\"weight_map\":{%s}}".formatted(map.substring(1)));
    }

    private Path write() throws IOException {
        return file.write(directory.resolve("fla.safetensors"));
    }

    private void assertSameWeights(Path path) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.naming()).isEqualTo(Naming.FLA);
            assertThat(checkpoint.weightsId()).isEqualTo(weightsId);
        }
    }

    private void assertRefused(String... messageParts) {
        assertThatThrownBy(() -> Checkpoint.open(write()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("fla.safetensors")
                .hasMessageContainingAll(messageParts);
    }
}
