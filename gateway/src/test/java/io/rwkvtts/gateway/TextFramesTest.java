package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.gateway.TextFrames.Violation;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFramesTest {

    private static final int MOST = 10;

    private final TextFrames frames = new TextFrames(MOST);

    @Test
    void testAMessageIsJoinedFromItsFrames() throws Violation {
        byte[] text = "ä👋ö".getBytes(UTF_8);
        for (int i = 0; i < text.length - 1; i++) {
            assertThat(frames.add(frame(false, text[i]))).isNull();
        }
        assertThat(frames.add(frame(true, text[text.length - 1]))).isEqualTo("ä👋ö");
        assertThat(frames.add(frame(true, (byte) 'x'))).isEqualTo("x");
    }

    @Test
    void testAnEmptyFrameMayBegin() throws Violation {
        assertThat(frames.add(frame(false))).isNull();
        assertThat(frames.add(frame(true, (byte) 'x'))).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void testWhatIsNoUtf8IsRefusedWhereverTheFramesAreCut(int cut) throws Violation {
        byte[] malformed = {'a', (byte) 0xc3, 0x28, 'b'};
        frames.add(frame(false, java.util.Arrays.copyOf(malformed, cut)));
        byte[] rest = java.util.Arrays.copyOfRange(malformed, cut, malformed.length);
        assertThatThrownBy(() -> frames.add(frame(true, rest)))
                .isInstanceOfSatisfying(
                        Violation.class, e -> assertThat(e.status()).isEqualTo((short) 1007));
    }

    @Test
    void testHalfACharacterAtTheEndIsNoUtf8() {
        assertThatThrownBy(() -> frames.add(frame(true, (byte) 'a', (byte) 0xc3)))
                .isInstanceOfSatisfying(
                        Violation.class, e -> assertThat(e.status()).isEqualTo((short) 1007));
    }

    @Test
    void testAllFramesOfAMessageAreBoundedTogether() throws Violation {
        assertThat(frames.add(frame(false, new byte[MOST - 1]))).isNull();
        assertThat(frames.add(frame(true, (byte) 'x'))).hasSize(MOST);
        frames.add(frame(false, new byte[MOST]));
        assertThatThrownBy(() -> frames.add(frame(false, (byte) 'x')))
                .isInstanceOfSatisfying(
                        Violation.class, e -> assertThat(e.status()).isEqualTo((short) 1009));
    }

    private static WebSocketFrame frame(boolean last, byte... bytes) {
        return WebSocketFrame.continuationFrame(Buffer.buffer(bytes), last);
    }
}
