package io.rwkvtts.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceDirectoryTest {

    @TempDir private Path root;
    private Path directory;

    @BeforeEach
    void createDirectory() throws IOException {
        directory = Files.createDirectory(root.resolve("voices"));
    }

    @Test
    void testAVoiceIsKnownByTheNameOfItsFile() throws IOException {
        install("anna");
        VoiceDirectory voices = VoiceDirectory.open(directory);
        assertThat(voices.voice("anna").transcript()).isEqualTo("the world");
        assertThat(voices.size()).isEqualTo(1);
    }

    @Test
    void testFilesAreReadOnce() throws IOException {
        Path file = install("anna");
        VoiceDirectory voices = VoiceDirectory.open(directory);
        Files.delete(file);
        assertThat(voices.voice("anna")).isSameAs(voices.voice("anna"));
    }

    @Test
    void testAVoiceCannotBeChangedThroughItsArrays() throws IOException {
        install("anna");
        Voice anna = VoiceDirectory.open(directory).voice("anna");
        anna.globals()[0] = 0;
        anna.semantics()[0] = 0;
        assertThat(anna.globals()[0]).isEqualTo(1806);
        assertThat(anna.semantics()[0]).isEqualTo(3595);
    }

    @Test
    void testUnknownIdListsSomeKnownOnes() throws IOException {
        for (int i = 10; i < 23; i++) {
            install("v" + i);
        }
        VoiceDirectory voices = VoiceDirectory.open(directory);
        assertThatThrownBy(() -> voices.voice("bob"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "voice id \"bob\" is unknown, expected one of v10, v11, v12, v13, v14, v15,"
                                + " v16, v17, v18, v19 and 3 more");
    }

    @Test
    void testWithoutVoicesTheErrorSaysSo() {
        assertThatThrownBy(() -> VoiceDirectory.empty().voice("bob"))
                .hasMessageContaining("no voices are installed");
        assertThatThrownBy(() -> VoiceDirectory.open(directory).voice("bob"))
                .hasMessageContaining("no voices are installed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "..",
                "../secret",
                "..\\secret",
                "/etc/passwd",
                "anna.raf.json",
                "anna\u0000",
                "anna/",
                "änna",
                "%2e%2e",
                "anna\n"
            })
    void testAnIdThatCouldBeAPathIsMalformed(String id) throws IOException {
        install("anna");
        Files.copy(Vectors.file("voice-a.raf.json"), root.resolve("secret.raf.json"));
        VoiceDirectory voices = VoiceDirectory.open(directory);
        assertThatThrownBy(() -> voices.voice(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("malformed, expected [A-Za-z0-9_-]{1,64}");
    }

    @Test
    void testAnIdHasAtMost64Characters() throws IOException {
        String longest = "a".repeat(64);
        install(longest);
        VoiceDirectory voices = VoiceDirectory.open(directory);
        assertThat(voices.voice(longest)).isNotNull();
        assertThatThrownBy(() -> voices.voice("a".repeat(1_000_000)))
                .hasMessageContaining("malformed")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(200));
    }

    @Test
    void testOtherFilesAreLeftOut() throws IOException {
        install("anna");
        Files.writeString(directory.resolve("voices_metadata.json"), "{}");
        Files.writeString(directory.resolve("my voice.raf.json"), "{}");
        assertThat(VoiceDirectory.open(directory).size()).isEqualTo(1);
    }

    @Test
    void testABrokenVoiceIsNamed() throws IOException {
        install("anna");
        Path broken = Files.writeString(directory.resolve("bob.raf.json"), "{}");
        assertThatThrownBy(() -> VoiceDirectory.open(directory))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(broken + ": it has no field id");
    }

    @Test
    void testAMissingDirectoryIsNamed() {
        assertThatThrownBy(() -> VoiceDirectory.open(root.resolve("none")))
                .isInstanceOf(VoiceFileException.class)
                .hasMessageContaining(root.resolve("none") + " does not exist");
    }

    private Path install(String id) throws IOException {
        return Files.copy(Vectors.file("voice-a.raf.json"), directory.resolve(id + ".raf.json"));
    }
}
