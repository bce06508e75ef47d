package io.rwkvtts.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteTrieTest {

    @Test
    void testEveryStringOfALargeSetIsFound() {
        Random random = new Random(1);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        ByteTrie trie = new ByteTrie();
        for (int i = 0; i < 20_000; i++) {
            String key = randomKey(random);
            int before = trie.add(bytes(key), i);
            assertThat(before).isEqualTo(numbers.getOrDefault(key, ByteTrie.NONE));
            numbers.putIfAbsent(key, i);
        }

        numbers.forEach((key, number) -> assertThat(trie.get(bytes(key))).isEqualTo(number));
        for (int i = 0; i < 20_000; i++) {
            String key = randomKey(random);
            assertThat(trie.get(bytes(key))).isEqualTo(numbers.getOrDefault(key, ByteTrie.NONE));
        }
    }

    @Test
    void testTheLongestPrefixIsFoundFromAnyPlace() {
        ByteTrie trie = new ByteTrie();
        trie.add(bytes("a"), 1);
        trie.add(bytes("abc"), 3);
        trie.add(bytes("abcde"), 5);

        assertThat(trie.longestPrefix(bytes("abcdx"), 0)).isEqualTo(3);
        assertThat(trie.longestPrefix(bytes("xabcde"), 1)).isEqualTo(5);
        assertThat(trie.longestPrefix(bytes("ab"), 0)).isEqualTo(1);
        assertThat(trie.longestPrefix(bytes("ab"), 1)).isEqualTo(ByteTrie.NONE);
        assertThat(trie.longestPrefix(bytes("ab"), 2)).isEqualTo(ByteTrie.NONE);
    }

    private static String randomKey(Random random) {
        StringBuilder key = new StringBuilder();
        for (int length = 1 + random.nextInt(8); length > 0; length--) {
            key.append((char) random.nextInt(4));
        }
        return key.append((char) random.nextInt(256)).toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
