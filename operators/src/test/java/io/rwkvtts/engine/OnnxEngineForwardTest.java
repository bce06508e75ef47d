package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.model.Checkpoint;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelExporter;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.model.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits and states of exported models against published and double-precision ones. */
class OnnxEngineForwardTest {

    private static final JsonNode NAMING = Vectors.json(Vectors.file("naming.json"));

    @TempDir private Path directory;

    static Stream<JsonNode> namingFiles() {
        return StreamSupport.stream(NAMING.get("files").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("namingFiles")
    void testLogitsOfEachNamingAgree(JsonNode file) throws IOException {
        int[] prompt = new ObjectMapper().convertValue(NAMING.get("prompt"), int[].class);
        Path checkpoint = Vectors.file(file.get("file").asText());
        try (OnnxEngine engine = open(export(checkpoint, Quantization.NONE))) {
            engine.prefill(List.of(new PromptPiece(0, prompt, 0, prompt.length)));
            float[] logits = new float[engine.model().headRows()];
            engine.logits(0, logits, logits.length);
            JsonNode expected = NAMING.get("logits");
            for (int i = 0; i < expected.size(); i++) {
                assertThat((double) logits[i])
                        .as("logit %d", i)
                        .isCloseTo(
                                expected.get(i).asDouble(),
                                within(NAMING.get("tolerance_abs").asDouble()));
            }
        }
    }

    private ModelDirectory export(Path file, Quantization quantization) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelExporter.export(
                    checkpoint,
                    quantization,
                    ModelExporter.ALL_HEAD_ROWS,
                    Optional.empty(),
                    directory.resolve("model"));
        }
    }

    private static OnnxEngine open(ModelDirectory model) {
        return OnnxEngine.open(model, new EngineOptions(2, 1, false, false));
    }
}
