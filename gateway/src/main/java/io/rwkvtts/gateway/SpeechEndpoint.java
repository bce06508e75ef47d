package io.rwkvtts.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.rwkvtts.schema.TextEvent;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.Set;

/** Text to sound by HTTP: {@code POST /v1/audio/speech}, its resumption, and rwkv-tts-rs's form. */
final class SpeechEndpoint {

    private static final Set<String> LEGACY =
            Set.of("text", "voice_id", "prompt_text", "zero_shot", "ref_audio_path");
    private static final long HEARD_WITHIN_MS = 10_000;

    private final Utterances utterances;
    private final ApiKeys keys;
    private final Readiness ready;
    private final int mostChars;

    SpeechEndpoint(Utterances utterances, ApiKeys keys, Readiness ready, int mostChars) {
        this.utterances = utterances;
        this.keys = keys;
        this.ready = ready;
        this.mostChars = mostChars;
    }

    /** {@code POST /v1/audio/speech}. */
    void speak(RoutingContext context) {
        String tenant = keys.tenant(context.request().getHeader("Authorization"));
        SpeechOrder order = SpeechOrder.of(Json.object(body(context)), mostChars);
        ready.require();
        TextEvent event =
                order.event().setRequestId(RequestIds.next(tenant)).setTenant(tenant).build();
        int rate = utterances.sampleRate();
        AudioBody body =
                order.events()
                        ? AudioBody.events(order.format(), rate)
                        : AudioBody.of(order.format(), rate);
        ResponseSink sink = new ResponseSink(context.request(), body, event.getRequestId());
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
        ready.require();
        ResponseSink sink =
                new ResponseSink(
                        context.request(), AudioBody.of(format, utterances.sampleRate()), id);
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
            ready.require();
        } catch (ApiError e) {
            WholeSink.refuse(context.response(), e);
            return;
        }
        WholeSink sink = new WholeSink(context.request(), utterances.sampleRate());
        Utterance utterance =
                utterances.speak(event, sink, context.vertx().getOrCreateContext()).utterance();
        sink.onLeave(utterance::leave);
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
}
