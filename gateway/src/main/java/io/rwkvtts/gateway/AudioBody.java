package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.audio.WavFile;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;

/** How sound is written into the body of a response. */
interface AudioBody {

    String contentType();

    /** What stands before the sound; may be empty. */
    Buffer head();

    Buffer piece(byte[] pcm);

    /** What stands after all of the sound; may be empty. */
    Buffer tail(UtteranceEnd end);

    /** What tells that the sound ended too early; null if only a broken connection can. */
    Buffer failure(UtteranceEnd end);

    /** The body of a format. */
    static AudioBody of(SpeechOrder.Format format, int sampleRate) {
        return new Raw(format, sampleRate);
    }

    /** Server-sent events as OpenAI's clients read them. */
    static AudioBody events(SpeechOrder.Format format, int sampleRate) {
        return new Events(new Raw(format, sampleRate));
    }

    /** The samples themselves; WAV with the largest length, since it is not known. */
    record Raw(SpeechOrder.Format format, int sampleRate) implements AudioBody {

        @Override
        public String contentType() {
            return format == SpeechOrder.Format.PCM
                    ? "audio/pcm;rate=%d;channels=1".formatted(sampleRate)
                    : format.contentType();
        }

        @Override
        public Buffer head() {
            return format == SpeechOrder.Format.WAV
                    ? Buffer.buffer(WavFile.header(WavFile.MAX_DATA_BYTES, sampleRate))
                    : Buffer.buffer();
        }

        @Override
        public Buffer piece(byte[] pcm) {
            return Buffer.buffer(pcm);
        }

        @Override
        public Buffer tail(UtteranceEnd end) {
            return Buffer.buffer();
        }

        @Override
        public Buffer failure(UtteranceEnd end) {
            return null;
        }
    }

    /** The same, in events. */
    record Events(Raw raw) implements AudioBody {

        @Override
        public String contentType() {
            return "text/event-stream";
        }

        @Override
        public Buffer head() {
            Buffer head = raw.head();
            return head.length() == 0 ? head : piece(head.getBytes());
        }

        @Override
        public Buffer piece(byte[] pcm) {
            return event(
                    object("speech.audio.delta")
                            .put("audio", Base64.getEncoder().encodeToString(pcm)));
        }

        @Override
        public Buffer tail(UtteranceEnd end) {
            ObjectNode done = object("speech.audio.done").put("finish_reason", end.reason());
            done.set("usage", usage(end));
            return event(done);
        }

        @Override
        public Buffer failure(UtteranceEnd end) {
            ObjectNode error = object("error");
            error.set("error", end.toApiError().json());
            return event(error);
        }

        private static ObjectNode object(String type) {
            return JsonNodeFactory.instance.objectNode().put("type", type);
        }

        private static Buffer event(ObjectNode data) {
            return Buffer.buffer("data: ").appendBuffer(Json.buffer(data)).appendString("\n\n");
        }
    }

    /** OpenAI's three numbers, and ours. A character counts as an input token. */
    static ObjectNode usage(UtteranceEnd end) {
        long input = end.usage().textChars();
        long output = end.usage().tokens();
        return JsonNodeFactory.instance
                .objectNode()
                .put("input_tokens", input)
                .put("output_tokens", output)
                .put("total_tokens", input + output)
                .put("samples", end.usage().samples());
    }
}
