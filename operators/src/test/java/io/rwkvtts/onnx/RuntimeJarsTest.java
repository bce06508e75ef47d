package io.rwkvtts.onnx;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeJarsTest {

    @TempDir private Path directory;

    private URL jar(String name) throws IOException {
        Path file = directory.resolve(name);
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new ZipEntry("ai/onnxruntime/OrtEnvironment.class"));
        }
        return file.toUri().toURL();
    }

    @Test
    void testTwoRuntimesAreRefusedAndNamed() throws IOException {
        URL cpu = jar("onnxruntime-1.29.0.jar");
        URL gpu = jar("onnxruntime_gpu-1.29.0.jar");
        try (URLClassLoader both = new URLClassLoader(new URL[] {cpu, gpu}, null)) {
            assertThatThrownBy(() -> RuntimeJars.requireOne(both))
                    .isInstanceOf(OnnxUnavailableException.class)
                    .hasMessageContaining(cpu + " and " + gpu)
                    .hasMessageContaining("either onnxruntime or");
        }
    }

    @Test
    void testOneRuntimeIsEnough() throws IOException {
        URL cpu = jar("onnxruntime-1.29.0.jar");
        try (URLClassLoader one = new URLClassLoader(new URL[] {cpu, cpu}, null)) {
            assertThatCode(() -> RuntimeJars.requireOne(one)).doesNotThrowAnyException();
        }
        assertThatCode(RuntimeJars::requireOne).doesNotThrowAnyException();
    }
}
