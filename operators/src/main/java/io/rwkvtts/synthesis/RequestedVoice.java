package io.rwkvtts.synthesis;

import io.rwkvtts.protocol.VoiceProperties;

/**
 * The voice that a request asks for: a reference voice by its id, or properties; null = not given.
 * With an id, the properties are ignored.
 *
 * @param voiceId id of a reference voice of the job's voice directory
 * @param age voice property, a name of spec 3.3
 * @param gender voice property
 * @param emotion voice property
 * @param pitch voice property
 * @param speed voice property
 */
public record RequestedVoice(
        String voiceId, String age, String gender, String emotion, String pitch, String speed) {

    /** Nothing given. */
    public static final RequestedVoice NONE =
            new RequestedVoice(null, null, null, null, null, null);

    /** Whether it is a reference voice. */
    boolean named() {
        return voiceId != null && !voiceId.isEmpty();
    }

    /**
     * The voice that the properties describe; {@link VoiceProperties#DEFAULT} for none.
     *
     * @throws IllegalArgumentException naming the property, its value and what is allowed
     */
    VoiceProperties properties() {
        return VoiceProperties.of(age, gender, emotion, pitch, speed);
    }
}
