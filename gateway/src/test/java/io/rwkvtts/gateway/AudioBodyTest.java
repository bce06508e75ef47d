package io.rwkvtts.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class AudioBodyTest {

    private static final int RATE = 16_000;
    private static final byte[] PCM = {1, 2, 3, 4};
    private static final UtteranceEnd DONE =
            new UtteranceEnd("stop", null, new UtteranceEnd.Usage(6, 77, 24_640));
    private static final UtteranceEnd LATE =
            new UtteranceEnd("deadline", null, new UtteranceEnd.Usage(6, 2, 640));

    @Test
    void testRawSamplesAreNothingElse() {
        AudioBody body = AudioBody.of(SpeechOrder.Format.PCM, RATE);
        assertThat(body.contentType()).isEqualTo("audio/pcm;rate=16000;channels=1");
        assertThat(body.head().length()).isZero();
        assertThat(body.piece(PCM).getBytes()).isEqualTo(PCM);
        assertThat(body.tail(DONE).length()).isZero();
        assertThat(body.failure(LATE)).isNull();
    }

    /** Its length is not known when it begins. */
    @Test
    void testAWavFileClaimsTheLargestLength() {
        AudioBody body = AudioBody.of(SpeechOrder.Format.WAV, RATE);
        assertThat(body.contentType()).isEqualTo("audio/wav");
        ByteBuffer head = ByteBuffer.wrap(body.head().getBytes()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(head.remaining()).isEqualTo(44);
        assertThat(new String(head.array(), 0, 4, US_ASCII)).isEqualTo("RIFF");
        assertThat(head.getInt(24)).isEqualTo(RATE);
        assertThat(Integer.toUnsignedLong(head.getInt(40))).isGreaterThan(4_000_000_000L);
    }

    @Test
    void testEventsHoldTheSameBytes() {
        AudioBody body = AudioBody.events(SpeechOrder.Format.PCM, RATE);
        assertThat(body.contentType()).isEqualTo("text/event-stream");
        assertThat(body.head().length()).isZero();
        JsonNode piece = event(body.piece(PCM));
        assertThat(piece.get("type").textValue()).isEqualTo("speech.audio.delta");
        assertThat(Base64.getDecoder().decode(piece.get("audio").textValue())).isEqualTo(PCM);
        JsonNode done = event(body.tail(DONE));
        assertThat(done.get("type").textValue()).isEqualTo("speech.audio.done");
        assertThat(done.get("finish_reason").textValue()).isEqualTo("stop");
        assertThat(done.get("usage").get("input_tokens").intValue()).isEqualTo(6);
        assertThat(done.get("usage").get("output_tokens").intValue()).isEqualTo(77);
        assertThat(done.get("usage").get("total_tokens").intValue()).isEqualTo(83);
        assertThat(done.get("usage").get("samples").intValue()).isEqualTo(24_640);
    }

    @Test
    void testTheHeadOfAWavFileIsAnEvent() {
        JsonNode head = event(AudioBody.events(SpeechOrder.Format.WAV, RATE).head());
        assertThat(Base64.getDecoder().decode(head.get("audio").textValue())).hasSize(44);
    }

    @Test
    void testAnEarlyEndIsAnEvent() {
        JsonNode error = event(AudioBody.events(SpeechOrder.Format.PCM, RATE).failure(LATE));
        assertThat(error.get("type").textValue()).isEqualTo("error");
        assertThat(error.get("error").get("type").textValue()).isEqualTo("timeout_error");
        assertThat(error.get("error").get("param").textValue()).isEqualTo("budget_ms");
    }

    /** One line of data and an empty one: anything else would be another event. */
    private static JsonNode event(Buffer buffer) {
        String text = buffer.toString();
        assertThat(text).startsWith("data: ").endsWith("\n\n");
        String data = text.substring("data: ".length(), text.length() - 2);
        assertThat(data).doesNotContain("\n", "\r");
        return Json.object(data);
    }
}
