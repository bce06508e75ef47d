package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link TextLength}. */
class TextLengthTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({"SHORT, 10, 50", "MEDIUM, 50, 200", "LONG, 200, 500"})
    void testTextsHaveAsManyTokensAsTheyShould(TextLength length, int fewest, int most)
            throws IOException {
        WorldTokenizer tokenizer = WorldTokenizer.load(DemoVoice.unpack(directory).vocabulary());
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            String text = length.text(random, tokenizer);

            assertThat(tokenizer.encode(text).length).as(text).isBetween(fewest, most);
            assertThat(text).endsWith(".");
        }
    }
}
