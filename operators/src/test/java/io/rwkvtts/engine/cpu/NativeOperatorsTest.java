package io.rwkvtts.engine.cpu;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.Quantization;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A graph that does not fit the operators is refused; they would read beyond its weights. */
class NativeOperatorsTest {

    private static final EngineOptions OPTIONS = new EngineOptions(2, 1, false, true);
    private static final ModelShape SHAPE = ModelShape.proportioned(2, 128, 100, 90);

    @TempDir private Path directory;
    private ModelDirectory model;

    @BeforeEach
    void exportModel() throws IOException {
        TestModels.assumeOperators(Quantization.INT8_NATIVE);
        Path checkpoint = TestModels.randomCheckpoint(directory.resolve("f.safetensors"), SHAPE);
        model = TestModels.export(checkpoint, Quantization.INT8_NATIVE, directory.resolve("model"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "blocks.0.ln1.weight",
                "blocks.1.ln2.bias",
                "blocks.0.att.w0",
                "blocks.1.att.ln_x.bias",
                "blocks.1.att.v0",
                "ln_out.weight"
            })
    void testVectorOfAnotherWidthIsRefused(String name) throws IOException {
        halve(name);
        assertRefused("holds 64 numbers, expected 128");
    }

    @ParameterizedTest
    @CsvSource({
        "blocks.0.att.receptance.weight, 'holds 8192 numbers, expected 16384'",
        "blocks.1.ffn.value.weight, 'holds 32768 numbers, expected 65536'",
        "blocks.0.att.output.weight.zeros, 'holds 64 numbers, expected 128'",
        "blocks.0.att.key.weight.scales, a matrix is not as wide as the model",
        "blocks.1.att.g2, 'holds 2048 numbers, expected 4096'",
        "head.weight.zeros, 'holds 45 numbers, expected 90'"
    })
    void testMatrixOfAnotherSizeIsRefused(String name, String message) throws IOException {
        halve(name);
        assertRefused(message);
    }

    @Test
    void testMixesOfAnotherWidthAreRefused() throws IOException {
        edit(
                graph -> {
                    for (TensorProto.Builder weights : graph.getInitializerBuilderList()) {
                        if (weights.getName().equals("blocks.0.ln1.mix")) {
                            weights.setDims(1, weights.getDims(1) / 2);
                            halveBytes(weights);
                        }
                    }
                });
        assertRefused("input 6 holds 384 numbers, expected 768");
    }

    @Test
    void testLayerBeyondTheShiftIsRefused() throws IOException {
        edit(
                graph -> {
                    for (NodeProto.Builder node : graph.getNodeBuilderList()) {
                        for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                            if (attribute.getName().equals("layer") && attribute.getI() == 1) {
                                attribute.setI(2);
                            }
                        }
                    }
                });
        assertRefused("the layer is not in the shift");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> CpuEngine.open(model, OPTIONS).close())
                .hasStackTraceContaining(message);
    }

    private void halve(String name) throws IOException {
        edit(
                graph -> {
                    for (TensorProto.Builder weights : graph.getInitializerBuilderList()) {
                        if (weights.getName().equals(name)) {
                            weights.setDims(0, weights.getDims(0) / 2);
                            halveBytes(weights);
                        }
                    }
                });
    }

    private static void halveBytes(TensorProto.Builder weights) {
        for (StringStringEntryProto.Builder entry : weights.getExternalDataBuilderList()) {
            if (entry.getKey().equals("length")) {
                entry.setValue(Long.toString(Long.parseLong(entry.getValue()) / 2));
            }
        }
    }

    /** The description goes along: a file of another size would be refused before it is read. */
    private void edit(Consumer<GraphProto.Builder> change) throws IOException {
        ModelProto.Builder edited =
                ModelProto.parseFrom(Files.readAllBytes(model.graph())).toBuilder();
        change.accept(edited.getGraphBuilder());
        Files.write(model.graph(), edited.build().toByteArray());
        ObjectMapper mapper = new ObjectMapper();
        File description = model.path().resolve("model.json").toFile();
        JsonNode json = mapper.readTree(description);
        ((ObjectNode) json.get("files"))
                .put(model.graph().getFileName().toString(), Files.size(model.graph()));
        mapper.writeValue(description, json);
        model = ModelDirectory.open(model.path());
    }
}
