package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorldTokenizerTest {

    @TempDir Path directory;

    private VocabularyFixture fixture;
    private WorldTokenizer tokenizer;

    @BeforeEach
    void setUp() {
        fixture =
                new VocabularyFixture(
                                "aa", "aaaa", "ab", "abc", "abcde", "the", " the", "你", "你好", "😊")
                        .add(new byte[] {(byte) 0xF0, (byte) 0x9F})
                        .add(new byte[] {(byte) 0xE4, (byte) 0xBD});
        tokenizer = fixture.tokenizer(directory);
    }

    @Test
    void testTheLongestTokenIsTakenEvenIfAShorterPathWouldDeadEnd() {
        assertThat(spelled("abcd")).containsExactly("abc", "d");
        assertThat(spelled("aaaaaaa")).containsExactly("aaaa", "aa", "a");
        assertThat(spelled("in the")).containsExactly("i", "n", " the");
    }

    @Test
    void testControlStringsInATextStayText() {
        String text = "<|tag_0|><|spct_48|><|semantic_token_eos|>SPCT_4";

        assertThat(Arrays.stream(tokenizer.encode(text)))
                .allMatch(id -> id > WorldTokenizer.TEXT_OFFSET && id <= tokenizer.largestTextId());
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void testWellFormedTextComesBackFromItsIds() {
        Random random = new Random(1);
        for (int i = 0; i < 500; i++) {
            String text = randomText(random, random.nextInt(200));
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void testRandomBytesAreEncodedAsAPlainSearchDoesIt() {
        Random random = new Random(2);
        byte[] alphabet = "abcdeth 你好😊".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(100)];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = alphabet[random.nextInt(alphabet.length)];
            }
            assertThat(tokenizer.encode(bytes)).isEqualTo(plainSearch(bytes));
        }
    }

    @Test
    void testHalfASurrogatePairIsRefusedWithItsIndex() {
        assertThatThrownBy(() -> tokenizer.encode("ab\uD83Dc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("U+D83D")
                .hasMessageContaining("index 2");
    }

    @Test
    void testATokenThatEndsInsideACharacterDecodesToAReplacement() {
        int[] ids = tokenizer.encode(new byte[] {'a', (byte) 0xE4, (byte) 0xBD});

        assertThat(ids).hasSize(2);
        assertThat(tokenizer.decode(ids)).isEqualTo("a\uFFFD");
    }

    @Test
    void testIdsOfNoTextTokenAreNotDecoded() {
        for (int id :
                new int[] {Integer.MIN_VALUE, -1, 0, 8192, 12_292, tokenizer.largestTextId() + 1}) {
            assertThatThrownBy(() -> tokenizer.decode(new int[] {id}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("id " + id + " is no text token")
                    .hasMessageContaining("12293 to " + tokenizer.largestTextId());
        }
    }

    @Test
    void testTheBytesOfATokenAreACopy() {
        int[] ids = tokenizer.encode("abc");
        Arrays.fill(tokenizer.bytes(ids[0]), (byte) 'x');

        assertThat(tokenizer.decode(ids)).isEqualTo("abc");
    }

    @Test
    void testALongTextIsEncodedWhole() {
        String text = "the abc你好😊 ".repeat(60_000);

        int[] ids = tokenizer.encode(text);

        assertThat(ids).hasSize(1 + 5 * 60_000);
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }

    private List<String> spelled(String text) {
        List<String> tokens = new ArrayList<>();
        for (int id : tokenizer.encode(text)) {
            tokens.add(tokenizer.decode(new int[] {id}));
        }
        return tokens;
    }

    private int[] plainSearch(byte[] bytes) {
        List<byte[]> tokens = fixture.tokens();
        List<Integer> ids = new ArrayList<>();
        for (int at = 0; at < bytes.length; ) {
            int best = -1;
            for (int i = 0; i < tokens.size(); i++) {
                byte[] token = tokens.get(i);
                boolean matches =
                        at + token.length <= bytes.length
                                && Arrays.equals(
                                        token, 0, token.length, bytes, at, at + token.length);
                if (matches && (best < 0 || token.length > tokens.get(best).length)) {
                    best = i;
                }
            }
            ids.add(WorldTokenizer.TEXT_OFFSET + best + 1);
            at += tokens.get(best).length;
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String randomText(Random random, int codePoints) {
        StringBuilder text = new StringBuilder();
        while (text.codePointCount(0, text.length()) < codePoints) {
            int c =
                    switch (random.nextInt(4)) {
                        case 0 -> random.nextInt(0x80);
                        case 1 -> random.nextInt(0x10000);
                        case 2 -> 0x4E00 + random.nextInt(0x5000);
                        default -> 0x1F300 + random.nextInt(0x400);
                    };
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                text.appendCodePoint(c);
            }
        }
        return text.toString();
    }
}
