package io.rwkvtts.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptPieceTest {

    private static final int[] TOKENS = IntStream.range(100, 112).toArray();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 11, 12, 13})
    void testPiecesHoldEveryTokenOnceInOrder(int length) {
        List<PromptPiece> pieces = PromptPiece.cut(2, TOKENS, length);
        assertThat(pieces).allMatch(piece -> piece.slot() == 2 && piece.length() <= length);
        assertThat(pieces).hasSize((TOKENS.length + length - 1) / length);
        assertThat(
                        pieces.stream()
                                .flatMapToInt(
                                        piece ->
                                                IntStream.range(piece.from(), piece.to())
                                                        .map(i -> piece.tokens()[i])))
                .containsExactly(IntStream.of(TOKENS).boxed().toArray(Integer[]::new));
    }

    @Test
    void testNoTokensAreNoPieces() {
        assertThat(PromptPiece.cut(0, new int[0], 4)).isEmpty();
    }

    @Test
    void testPiecesOutsideTheTokensAndWithoutAnyAreRefused() {
        assertThatThrownBy(() -> PromptPiece.cut(0, TOKENS, 0))
                .isInstanceOf(IllegalArgumentException.class);
        for (int[] range : new int[][] {{-1, 3}, {3, 3}, {4, 3}, {0, 13}}) {
            assertThatThrownBy(() -> new PromptPiece(0, TOKENS, range[0], range[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("of 12 tokens");
        }
    }
}
