package io.rwkvtts.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.checkpoint.RandomCheckpoint;
import io.rwkvtts.checkpoint.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the form for a CUDA device comes from. */
class ModelFormsTest {

    private static final ModelShape SHAPE = ModelShape.proportioned(1, 64, 80, 70);

    @TempDir private Path directory;
    private Path checkpoint;
    private ModelCache cache;

    @BeforeEach
    void writeCheckpoint() throws IOException {
        checkpoint = directory.resolve("model.safetensors");
        RandomCheckpoint.write(checkpoint, SHAPE, TensorType.F32, 1);
        cache = new ModelCache(directory.resolve("cache"));
    }

    private ModelForms of(Path model, Quantization quantization) throws IOException {
        return ModelForms.of(
                model,
                cache.open(model, Optional.of(quantization), ModelExporter.ALL_HEAD_ROWS),
                cache);
    }

    private Path export(Path from, Quantization quantization, Path target) throws IOException {
        try (Checkpoint opened = Checkpoint.open(from)) {
            return ModelExporter.export(
                            opened,
                            quantization,
                            ModelExporter.ALL_HEAD_ROWS,
                            Optional.empty(),
                            target)
                    .path();
        }
    }

    @Test
    void testCheckpointIsExportedForTheDeviceWhenThatIsAskedFor() throws IOException {
        ModelForms forms = of(checkpoint, Quantization.INT8);
        assertThat(cache.directory().toFile().list())
                .noneMatch(name -> name.contains(Quantization.INT8_CUDA.label()));
        ModelDirectory cuda = forms.forCuda();
        assertThat(cuda.quantization()).isEqualTo(Quantization.INT8_CUDA);
        assertThat(cuda.weightsId()).isEqualTo(forms.given().weightsId());
        assertThat(cuda.headRows()).isEqualTo(forms.given().headRows());
    }

    @Test
    void testModelDirectoryHasTheOtherFormInAFolder() throws IOException {
        Path given = export(checkpoint, Quantization.INT8_NATIVE, directory.resolve("given"));
        ModelForms forms = of(given, Quantization.INT8_NATIVE);
        assertThatThrownBy(forms::forCuda)
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("has no form for CUDA devices")
                .hasMessageContaining(given.resolve("int8-cuda").toString());
        Path beside = export(checkpoint, Quantization.INT8_CUDA, given.resolve("int8-cuda"));
        assertThat(forms.forCuda().path()).isEqualTo(beside);
        assertThat(forms.given().quantization()).isEqualTo(Quantization.INT8_NATIVE);
    }

    @Test
    void testFolderWithOtherWeightsIsRefused() throws IOException {
        Path given = export(checkpoint, Quantization.INT8, directory.resolve("given"));
        Path other = directory.resolve("other.safetensors");
        RandomCheckpoint.write(other, SHAPE, TensorType.F32, 2);
        export(other, Quantization.INT8_CUDA, given.resolve("int8-cuda"));
        assertThatThrownBy(() -> of(given, Quantization.INT8).forCuda())
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("export both from the same checkpoint");
    }

    @Test
    void testDirectoryForDevicesIsItsOwnForm() throws IOException {
        Path given = export(checkpoint, Quantization.INT8_CUDA, directory.resolve("given"));
        assertThat(of(given, Quantization.INT8_CUDA).forCuda().path()).isEqualTo(given);
    }

    @Test
    void testOtherNumbersAreNotChangedForADevice() throws IOException {
        for (Quantization quantization :
                new Quantization[] {Quantization.NONE, Quantization.INT8_BLOCKS}) {
            ModelForms forms = of(checkpoint, quantization);
            assertThatThrownBy(forms::forCuda)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("weights of the form " + quantization)
                    .hasMessageContaining("int8-native");
        }
        assertThat(Files.isDirectory(cache.directory())).isTrue();
    }
}
