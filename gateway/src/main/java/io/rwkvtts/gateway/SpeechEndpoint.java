package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.audio.WavFile;
import io.rwkvtts.schema.TextEvent;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/** Text to sound by HTTP: {@code POST /v1/audio/speech}, its resumption, and rwkv-tts-rs's form. */
final class SpeechEndpoint {

    private static final Set<String> LEGACY =
            Set.of("text", "voice_id", "prompt_text", "zero_shot", "ref_audio_path");
    private static final long HEARD_WITHIN_MS = 10_000;
    private static final int MOST_WHOLE_BYTES = 32 << 20;

    private final Utterances utterances;
    private final ApiKeys keys;
    private final KafkaState kafka;
    private final int mostChars;

    SpeechEndpoint(Utterances utterances, ApiKeys keys, KafkaState kafka, int mostChars) {
        this.utterances = utterances;
        this.keys = keys;
        this.kafka = kafka;
        this.mostChars = mostChars;
    }

    /** {@code POST /v1/audio/speech}. */
    void speak(RoutingContext context) {
        String tenant = keys.tenant(context.request().getHeader("Authorization"));
        SpeechOrder order = SpeechOrder.of(Json.object(body(context)), mostChars);
        kafka.requireReachable();
        TextEvent event =
                order.event().setRequestId(RequestIds.next(tenant)).setTenant(tenant).build();
        int rate = utterances.sampleRate();
        AudioBody body =
                order.events()
                        ? AudioBody.events(order.format(), rate)
                        : AudioBody.of(order.format(), rate);
        ResponseSink sink = new ResponseSink(context.response(), body, event.getRequestId());
        Utterance utterance =
                utterances.speak(event, sink, context.vertx().getOrCreateContext()).utterance();
        sink.onLeave(order.continues() ? utterance::abandon : utterance::leave);
    }

    private static Buffer body(RoutingContext context) {
        Buffer body = context.body().buffer();
        return body == null ? Buffer.buffer() : body;
    }

    /** {@code GET /v1/audio/speech/{id}?from=SAMPLE&response_format=pcm}. */
    void resume(RoutingContext context) {
        String tenant = keys.tenant(context.request().getHeader("Authorization"));
        String id = context.pathParam("id");
        if (!RequestIds.belongsTo(id, tenant)) {
            throw ApiError.notFound("no such request");
        }
        long from = fromSample(context.request().getParam("from"));
        SpeechOrder.Format format =
                SpeechOrder.Format.of(context.request().getParam("response_format"));
        kafka.requireReachable();
        ResponseSink sink =
                new ResponseSink(
                        context.response(), AudioBody.of(format, utterances.sampleRate()), id);
        Utterance utterance =
                utterances.resume(id, from, sink, context.vertx().getOrCreateContext());
        // The one who began it may still be there, or come again.
        sink.onLeave(utterance::abandon);
        context.vertx()
                .setTimer(
                        HEARD_WITHIN_MS,
                        timer -> {
                            if (!utterance.heard()
                                    && sink.refuse(
                                            ApiError.notFound(
                                                    "nothing was heard of this request in time: it is unknown, too old or still waiting"))) {
                                utterance.abandon();
                            }
                        });
    }

    private static long fromSample(String from) {
        if (from == null) {
            return 0;
        }
        if (!from.matches("\\d{1,15}")) {
            throw ApiError.invalid("from", "from is no number of samples");
        }
        return Long.parseLong(from);
    }

    /** {@code POST /api/tts}: the whole sound in one answer. */
    void legacy(RoutingContext context) {
        String tenant = keys.tenant(context.request().getHeader("Authorization"));
        TextEvent event;
        try {
            event = legacyEvent(context).setTenant(tenant).build();
            kafka.requireReachable();
        } catch (ApiError e) {
            sendLegacy(context.response(), e);
            return;
        }
        WholeSink sink = new WholeSink(context.response());
        Utterance utterance =
                utterances.speak(event, sink, context.vertx().getOrCreateContext()).utterance();
        sink.collect(utterance);
    }

    private TextEvent.Builder legacyEvent(RoutingContext context) {
        ObjectNode body = Json.object(body(context));
        JsonFields fields = new JsonFields(body);
        Set<String> known = new HashSet<>(SpeechFields.NAMES);
        known.addAll(LEGACY);
        fields.requireOnly(known);
        String text = SpeechOrder.text(fields, "text", mostChars);
        TextEvent.Builder event = SpeechFields.event(fields);
        String voice = fields.string("voice_id");
        if (voice != null && !voice.isBlank()) {
            event.setVoiceId(voice);
        }
        return event.setText(text)
                .setRequestId(
                        RequestIds.next(keys.tenant(context.request().getHeader("Authorization"))));
    }

    private static void sendLegacy(HttpServerResponse response, ApiError error) {
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(error.status())
                .putHeader("Content-Type", "application/json")
                .end(
                        Json.buffer(
                                JsonNodeFactory.instance
                                        .objectNode()
                                        .put("success", false)
                                        .put("error", error.getMessage())));
    }

    /** Collects the sound, up to a limit. */
    private final class WholeSink implements UtteranceSink {

        private final HttpServerResponse response;
        private final long startNanos = System.nanoTime();
        private final Buffer pcm = Buffer.buffer();
        private Utterance utterance;
        private boolean ended;

        private WholeSink(HttpServerResponse response) {
            this.response = response;
        }

        /** Of which utterance the sound is; it is left when the client leaves. */
        private void collect(Utterance one) {
            utterance = one;
            response.closeHandler(
                    v -> {
                        if (!ended) {
                            ended = true;
                            utterance.leave();
                        }
                    });
        }

        @Override
        public Future<Void> audio(byte[] samples, long sampleOffset) {
            if (!ended && pcm.length() + samples.length > MOST_WHOLE_BYTES) {
                ended = true;
                utterance.leave();
                sendLegacy(
                        response,
                        ApiError.invalid(
                                "text",
                                "the sound is too long for one answer: use /v1/audio/speech"));
            } else if (!ended) {
                pcm.appendBytes(samples);
            }
            return Future.succeededFuture();
        }

        @Override
        public void ended(UtteranceEnd end) {
            if (ended) {
                return;
            }
            ended = true;
            if (!end.complete()) {
                sendLegacy(response, end.toApiError());
                return;
            }
            long millis = (System.nanoTime() - startNanos) / 1_000_000;
            double audioMs = 1e3 * end.usage().samples() / utterances.sampleRate();
            Buffer wav =
                    Buffer.buffer(WavFile.header(pcm.length(), utterances.sampleRate()))
                            .appendBuffer(pcm);
            ObjectNode answer =
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("success", true)
                            .put("message", "generated")
                            .put("audio_base64", Base64.getEncoder().encodeToString(wav.getBytes()))
                            .put("duration_ms", millis)
                            .put("rtf", audioMs == 0 ? 0 : millis / audioMs);
            response.putHeader("Content-Type", "application/json").end(Json.buffer(answer));
        }
    }
}
