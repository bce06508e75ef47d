package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.protocol.VoiceDirectory;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which faults at the start of a task another attempt may not meet again. */
class StartFailureTest {

    @TempDir private Path directory;

    private static void assertHeals(Exception failure) {
        assertThat(failure).isNotNull();
        assertThat(StartFailure.of(failure)).isSameAs(failure);
    }

    private static void assertFinal(Exception failure) {
        assertThat(failure).isNotNull();
        assertThat(StartFailure.of(failure))
                .isInstanceOf(SuppressRestartsException.class)
                .hasCause(failure);
    }

    private Exception openModel() {
        return catchException(() -> ModelDirectory.open(directory));
    }

    private Exception openVoices() {
        return catchException(() -> VoiceDirectory.open(directory.resolve("voices")));
    }

    private Exception loadVocabulary() {
        return catchException(() -> WorldTokenizer.load(directory.resolve("vocabulary.txt")));
    }

    @Test
    void testMissingFilesMayComeLater() {
        assertHeals(openModel());
        assertHeals(openVoices());
        assertHeals(loadVocabulary());
    }

    @Test
    void testFilesThatCannotBeReadMayBeReadableLater() {
        assertHeals(new IOException("Stale file handle"));
        assertHeals(
                new IllegalArgumentException(
                        "/voices/a.raf.json", new AccessDeniedException("/voices/a.raf.json")));
    }

    @Test
    void testFilesOfAnotherFormatStayAsTheyAre() throws IOException {
        Files.writeString(directory.resolve("model.json"), "no JSON at all");
        Files.writeString(directory.resolve("vocabulary.txt"), "no vocabulary at all");
        Files.createDirectory(directory.resolve("voices"));
        Files.writeString(directory.resolve("voices").resolve("a.raf.json"), "no voice at all");
        assertFinal(openModel());
        assertFinal(openVoices());
        assertFinal(loadVocabulary());
    }

    @Test
    void testTooLittleMemoryStaysTooLittle() {
        assertFinal(new IllegalArgumentException("this process may use 100 MB"));
    }
}
