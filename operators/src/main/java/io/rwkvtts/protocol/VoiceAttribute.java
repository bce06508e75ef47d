package io.rwkvtts.protocol;

import io.rwkvtts.text.TextRules;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The attributes of a voice described by properties, with their names and numbers (spec 3.3). */
public enum VoiceAttribute {
    AGE("youth-adult", 13, "child", "teenager", "youth-adult", "middle-aged", "elderly"),
    GENDER("female", 46, "female", "male"),
    EMOTION(
            "NEUTRAL",
            21,
            "UNKNOWN",
            "NEUTRAL",
            "ANGRY",
            "HAPPY",
            "SAD",
            "FEARFUL",
            "DISGUSTED",
            "SURPRISED",
            "SARCASTIC",
            "EXCITED",
            "SLEEPY",
            "CONFUSED",
            "EMPHASIS",
            "LAUGHING",
            "SINGING",
            "WORRIED",
            "WHISPER",
            "ANXIOUS",
            "NO-AGREEMENT",
            "APOLOGETIC",
            "CONCERNED",
            "ENUNCIATED",
            "ASSERTIVE",
            "ENCOURAGING",
            "CONTEMPT"),
    PITCH("medium_pitch", 6, "low_pitch", "medium_pitch", "high_pitch", "very_high_pitch"),
    SPEED("medium", 1, "very_slow", "slow", "medium", "fast", "very_fast");

    private final String defaultName;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    VoiceAttribute(String defaultName, int firstNumber, String... names) {
        this.defaultName = defaultName;
        for (int i = 0; i < names.length; i++) {
            numbers.put(names[i], firstNumber + i);
        }
    }

    /** The attribute as requests and options name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name that is meant if a request gives none. */
    public String defaultName() {
        return defaultName;
    }

    /** The allowed names, in the order of their numbers, separated by ", ". */
    public String allowedNames() {
        return String.join(", ", numbers.keySet());
    }

    /**
     * The number of a name, whatever its case.
     *
     * @param name null means the default
     * @throws IllegalArgumentException for an unknown name; the message lists the allowed ones
     */
    public int number(String name) {
        if (name == null) {
            return numbers.get(defaultName);
        }
        for (Map.Entry<String, Integer> entry : numbers.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        throw new IllegalArgumentException(
                label()
                        + " is \""
                        + TextRules.excerpt(name)
                        + "\", expected one of "
                        + allowedNames());
    }
}
