package io.rwkvtts.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in the official and the web-rwkv form, most of them with something wrong. */
class CheckpointTest {

    private static final Path OFFICIAL = Vectors.file("naming/official-f32.safetensors");
    private static final String ATT0 = "blocks.0.att.";
    private static final String ATT1 = "blocks.1.att.";

    @TempDir private Path directory;
    private TensorFile file;

    @BeforeEach
    void readOfficial() throws IOException {
        file = TensorFile.read(OFFICIAL);
    }

    @Test
    void testSwappedLoraMatricesAreWebrwkvAndGiveTheSameWeights() throws IOException {
        file.names().stream().filter(n -> n.matches(".*att.[wavg][12]")).forEach(file::transpose);
        try (Checkpoint official = Checkpoint.open(OFFICIAL);
                Checkpoint webrwkv = open()) {
            assertThat(webrwkv.naming()).isEqualTo(Naming.WEBRWKV);
            assertThat(webrwkv.shape()).isEqualTo(official.shape());
            assertThat(webrwkv.weightsId()).isEqualTo(official.weightsId());
            assertThat(webrwkv.rows(ATT1 + "w1", 3, 9))
                    .isEqualTo(Arrays.copyOfRange(official.tensor(ATT1 + "w1"), 3 * 16, 9 * 16));
        }
    }

    @Test
    void testWeightsIdChangesWithOneBitOfOneWeight() throws IOException {
        float[] bias = file.values("ln_out.bias");
        bias[63] = Math.nextUp(bias[63]);
        try (Checkpoint official = Checkpoint.open(OFFICIAL);
                Checkpoint changed = open()) {
            assertThat(changed.weightsId()).isNotEqualTo(official.weightsId());
        }
    }

    @Test
    void testRowsAreThoseOfTheWholeTensor() throws IOException {
        try (Checkpoint checkpoint = open()) {
            float[] head = checkpoint.tensor("head.weight");
            assertThat(checkpoint.rows("head.weight", 0, 40))
                    .isEqualTo(Arrays.copyOf(head, 40 * 64));
            assertThat(checkpoint.rows("head.weight", 95, 96))
                    .isEqualTo(Arrays.copyOfRange(head, 95 * 64, 96 * 64));
            assertThat(checkpoint.rows("head.weight", 7, 7)).isEmpty();
            assertThatThrownBy(() -> checkpoint.rows("head.weight", 0, 97))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("head.weight, which has 96");
        }
    }

    @Test
    void testParametersAreThoseOfTheFile() throws IOException {
        long elements = file.names().stream().mapToLong(name -> file.values(name).length).sum();
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.parameters()).isEqualTo(elements);
        }
    }

    @Test
    void testCaseOfNamesDoesNotMatter() throws IOException {
        file.rename(name -> name.toUpperCase(Locale.ROOT));
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.naming()).isEqualTo(Naming.OFFICIAL);
        }
    }

    @Test
    void testNamesThatDifferInCaseOnlyAreRefused() {
        file.copy("head.weight", "Head.weight");
        assertRefused("tensor Head.weight is there twice");
    }

    @Test
    void testValueResidualOfTheFirstLayerIsIgnored() throws IOException {
        file.put(ATT0 + "v0", 1, 1, 64).put(ATT0 + "v1", 64, 3).put(ATT0 + "v2", 3, 64);
        try (Checkpoint official = Checkpoint.open(OFFICIAL);
                Checkpoint checkpoint = open()) {
            assertThat(checkpoint.shape()).isEqualTo(official.shape());
            assertThat(checkpoint.weightsId()).isEqualTo(official.weightsId());
        }
    }

    @Test
    void testUnusedValueResidualDoesNotTellTheNaming() throws IOException {
        file.put(ATT0 + "v1", 3, 64).put(ATT0 + "v2", 64, 3);
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.naming()).isEqualTo(Naming.OFFICIAL);
        }
    }

    @Test
    void testOneLayerModelNeedsNoValueResidual() throws IOException {
        file.names().stream().filter(name -> name.startsWith("blocks.1.")).forEach(file::remove);
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.shape().layers()).isEqualTo(1);
            assertThat(checkpoint.shape().valueRank()).isZero();
            assertThat(new ReferenceForward(checkpoint).feed(1, 2, 3)).hasSize(96);
        }
    }

    @Test
    void testSquareLoraMatrixLeavesTheAnswerToTheOthers() throws IOException {
        for (String att : new String[] {ATT0, ATT1}) {
            file.put(att + "w1", 64, 64).put(att + "w2", 64, 64);
        }
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.naming()).isEqualTo(Naming.OFFICIAL);
            assertThat(checkpoint.shape().decayRank()).isEqualTo(64);
        }
    }

    @Test
    void testOnlySquareLoraMatricesAreRefused() {
        file.names().stream()
                .filter(name -> name.matches(".*att.[wavg][12]"))
                .forEach(name -> file.put(name, 64, 64));
        assertRefused("can't tell the official from the web-rwkv form");
    }

    @Test
    void testLoraMatricesThatContradictEachOtherAreRefused() {
        file.transpose(ATT1 + "a2");
        assertRefused("can't tell", "blocks.1.att.a2 [64, 12] for web-rwkv");
    }

    @Test
    void testEveryMissingTensorIsNamed() throws IOException {
        for (String name : file.names()) {
            readOfficial();
            file.remove(name);
            assertRefused(name);
        }
    }

    @Test
    void testEveryWrongShapeIsRefused() throws IOException {
        for (String name : file.names()) {
            readOfficial();
            Integer[] shape = file.shape(name).stream().map(Long::intValue).toArray(Integer[]::new);
            shape[shape.length - 1]++;
            file.put(name, shape);
            assertRefused("expected");
        }
    }

    @Test
    void testShapeOfVectorsMayHaveOnesBeforeButNothingElse() throws IOException {
        file.reshape(ATT0 + "x_r", 64).reshape("ln_out.bias", 1, 1, 1, 64);
        open().close();
        file.reshape(ATT0 + "x_r", 8, 8);
        assertRefused("blocks.0.att.x_r (blocks.0.att.x_r) has shape [8, 8]: expected [1, 1, 64]");
        file.reshape(ATT0 + "x_r", 64, 1);
        assertRefused("has shape [64, 1]");
    }

    @Test
    void testFlatBonusIsRefusedSinceTheHeadsComeFromIt() {
        file.reshape(ATT0 + "r_k", 64);
        assertRefused("blocks.0.att.r_k", "expected 2 dimensions");
    }

    @Test
    void testHeadsThatDoNotMakeUpTheWidthAreRefused() {
        file.put(ATT0 + "r_k", 2, 16);
        assertRefused("2 heads of size 16: expected them to make up the width 64");
    }

    @Test
    void testRanksThatDifferBetweenLayersAreRefused() {
        file.put(ATT1 + "g1", 64, 20).put(ATT1 + "g2", 20, 64);
        assertRefused("blocks.1.att.g1", "has shape [64, 20]: expected [64, 24]");
    }

    @Test
    void testMoreHeadRowsThanEmbeddingRowsAreRefused() {
        file.put("head.weight", 97, 64);
        assertRefused("97 head rows for 96 embedding rows");
    }

    @Test
    void testHugeLayerNumberIsRefusedAtOnce() {
        file.put("blocks.999999999.ln1.weight", 64);
        assertRefused("layers 1000000000: expected 1 to 4096");
    }

    @Test
    void testHoleBetweenLayersIsNamed() {
        file.rename(name -> name.replace("blocks.1.", "blocks.2."));
        assertRefused("blocks.1.att.v1 is missing");
    }

    @Test
    void testEmptyDimensionIsRefused() {
        file.put("head.weight", 0, 64);
        assertRefused("head rows 0");
    }

    @Test
    void testOtherArchitecturesAreRefusedWithWhatWasExpected() {
        file.rename(name -> "model.layers.0.self_attn." + name);
        assertRefused("is not an RWKV-7 checkpoint:", "lacks blocks.0.att.x_r", "first tensor");
    }

    @Test
    void testOlderRwkvIsRecognised() {
        file.rename(name -> name.replace(".x_", ".time_maa_").replace(".r_k", ".time_faaaa"));
        assertRefused("is not an RWKV-7 checkpoint but of an older RWKV");
    }

    @Test
    void testFileWithoutTensorsIsRefused() {
        file.names().forEach(file::remove);
        assertRefused("is not an RWKV-7 checkpoint", "first tensor found: none");
    }

    @Test
    void testTensorsThatWouldChangeTheResultAreRefusedAndOthersIgnored() throws IOException {
        file.put("tokenizer.some_buffer", 3);
        open().close();
        file.put("blocks.1.att.time_state", 1, 64, 64);
        assertRefused("blocks.1.att.time_state is a tuned initial state or an adapter");
        readOfficial();
        file.put("blocks.1.att.key.lora_A", 8, 64);
        assertRefused("blocks.1.att.key.lora_a is a tuned initial state or an adapter");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"I64", "F8_E4M3", "F8_E5M2", "BOOL", "U8", "F64", "C64", "F4", "whatever"})
    void testTensorOfAnUnknownTypeIsRefusedOnlyIfItIsNeeded(String type) throws IOException {
        file.put("num_batches_tracked").type("num_batches_tracked", type);
        file.put("empty", 0, 3).type("empty", type);
        file.put(ATT0 + "v1", 64, 8).type(ATT0 + "v1", type);
        open().close();

        file.type("blocks.1.ffn.key.weight", type);
        assertRefused("tensor blocks.1.ffn.key.weight has dtype " + type, "[F32, F16, BF16]");
    }

    /** Those of RWKV-7a and 7b, and biases of linear layers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "blocks.0.ffn.s_emb.weight",
                "blocks.1.ffn.s0",
                "blocks.1.ffn.s1",
                "blocks.1.qkv.k_emb.weight",
                "blocks.0.att.receptance.bias",
                "blocks.0.att.some_buffer",
                "blocks.1.att.v3",
                "emb.bias",
                "head.bias"
            })
    void testTensorsOfAnotherComputationAreRefused(String name) {
        file.put(name, 64);
        assertRefused("tensor " + name, "is not part of RWKV-7", "not 7a or 7b");
    }

    @Test
    void testWeightsThatAreNotFiniteAreRefusedWhenRead() throws IOException {
        file.values("blocks.1.ffn.key.weight")[70] = Float.NaN;
        file.values("head.weight")[64 * 50 + 1] = Float.NEGATIVE_INFINITY;
        try (Checkpoint checkpoint = open()) {
            assertThatThrownBy(() -> checkpoint.tensor("blocks.1.ffn.key.weight"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("blocks.1.ffn.key.weight holds NaN at element 70");
            assertThatThrownBy(() -> checkpoint.rows("head.weight", 40, 60))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("head.weight holds -Infinity at element 3201");
            assertThat(checkpoint.rows("head.weight", 0, 50)).hasSize(3200);
        }
    }

    @Test
    void testUnknownNameAndClosedCheckpointAreErrors() throws IOException {
        Checkpoint checkpoint = open();
        assertThatThrownBy(() -> checkpoint.tensor("blocks.0.att.v1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 layers has no tensor blocks.0.att.v1");
        checkpoint.close();
        checkpoint.close();
        assertThatThrownBy(() -> checkpoint.tensor("ln_out.bias"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void testSeedOfARandomModelMustBeANumber() {
        file.metadata("random_seed", "-1");
        assertRefused("random_seed is \"-1\": expected an unsigned 64-bit number");
    }

    private Checkpoint open() throws IOException {
        return Checkpoint.open(file.write(directory.resolve("model.safetensors")));
    }

    private void assertRefused(String... messageParts) {
        assertThatThrownBy(this::open)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContainingAll(messageParts);
    }
}
