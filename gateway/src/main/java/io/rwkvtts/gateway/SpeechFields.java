package io.rwkvtts.gateway;

import io.rwkvtts.protocol.VoiceAttribute;
import io.rwkvtts.schema.TextEvent;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a client wants a text to be spoken: the fields that the endpoints have in common, to the
 * attributes of a text event.
 */
final class SpeechFields {

    /** The names. */
    static final Set<String> NAMES =
            Set.of(
                    "voice",
                    "speed",
                    "seed",
                    "temperature",
                    "top_p",
                    "top_k",
                    "age",
                    "gender",
                    "emotion",
                    "pitch",
                    "priority",
                    "budget_ms");

    private static final String DEFAULT_VOICE = "default";
    private static final Set<String> GENDERS = Set.of("female", "male");
    private static final int MOST_VOICE_CHARS = 256;
    private static final long MOST_BUDGET_MS = 24 * 60 * 60 * 1_000L;

    /** Factors of OpenAI's {@code speed}, and the model's names for them. */
    private static final TreeMap<Double, String> SPEEDS =
            new TreeMap<>(
                    Map.of(
                            0.5, "very_slow",
                            0.75, "slow",
                            1.0, "medium",
                            1.5, "fast",
                            2.0, "very_fast"));

    private SpeechFields() {}

    /**
     * A text event with these attributes; id and text are still to be set.
     *
     * @throws ApiError naming the field that cannot be served
     */
    static TextEvent.Builder event(JsonFields fields) {
        TextEvent.Builder event = TextEvent.newBuilder().setRequestId("").setText("");
        voice(fields, event);
        event.setAge(attribute(fields, "age", VoiceAttribute.AGE));
        event.setEmotion(attribute(fields, "emotion", VoiceAttribute.EMOTION));
        event.setPitch(attribute(fields, "pitch", VoiceAttribute.PITCH));
        event.setSpeed(speed(fields));
        event.setSeed(fields.seed("seed"));
        event.setTemperature(fields.number("temperature", 0, Double.MAX_VALUE));
        event.setTopP(fields.number("top_p", 0, 1));
        event.setTopK(toInt(fields.integer("top_k", 0, Integer.MAX_VALUE)));
        event.setPriority(toInt(fields.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE)));
        event.setBudgetMs(fields.integer("budget_ms", 1, MOST_BUDGET_MS));
        return event;
    }

    private static void voice(JsonFields fields, TextEvent.Builder event) {
        String voice = fields.string("voice");
        String gender = attribute(fields, "gender", VoiceAttribute.GENDER);
        if (voice != null && (voice.isBlank() || voice.length() > MOST_VOICE_CHARS)) {
            throw ApiError.invalid(
                    "voice", "voice is blank or too long; expected default, female, male or an id");
        }
        if (voice == null || voice.equals(DEFAULT_VOICE)) {
            event.setGender(gender);
        } else if (GENDERS.contains(voice)) {
            if (gender != null && !gender.equalsIgnoreCase(voice)) {
                throw ApiError.invalid("gender", "gender is not that of voice " + voice);
            }
            event.setGender(voice);
        } else {
            event.setVoiceId(voice);
        }
    }

    private static String attribute(JsonFields fields, String name, VoiceAttribute attribute) {
        String value = fields.string(name);
        try {
            attribute.number(value);
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(name, e.getMessage());
        }
        return value;
    }

    /** A name, or the name nearest to a factor, by their ratio. */
    private static String speed(JsonFields fields) {
        if (!fields.isNumber("speed")) {
            return attribute(fields, "speed", VoiceAttribute.SPEED);
        }
        double factor = fields.number("speed", 0.25, 4);
        Map.Entry<Double, String> below = SPEEDS.floorEntry(factor);
        Map.Entry<Double, String> above = SPEEDS.ceilingEntry(factor);
        if (below == null) {
            return above.getValue();
        }
        if (above == null || factor / below.getKey() <= above.getKey() / factor) {
            return below.getValue();
        }
        return above.getValue();
    }

    private static Integer toInt(Long value) {
        return value == null ? null : value.intValue();
    }
}
