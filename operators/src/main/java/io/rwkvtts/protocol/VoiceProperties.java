package io.rwkvtts.protocol;

/**
 * A voice described by properties (spec 3.3), as the numbers that are added to the id of SPCT_0.
 *
 * <p>A request that gives no property at all gets {@link #DEFAULT}, like one that gives some and
 * leaves out others: a voice that the model chooses by itself would differ from request to request.
 *
 * @param age 13 to 17
 * @param gender 46 or 47
 * @param emotion 21 to 45
 * @param pitch 6 to 9
 * @param speed 1 to 5
 */
public record VoiceProperties(int age, int gender, int emotion, int pitch, int speed) {

    /** youth-adult, female, NEUTRAL, medium_pitch, medium. */
    public static final VoiceProperties DEFAULT = of(null, null, null, null, null);

    /**
     * The properties of these names, whatever their case; null means the default.
     *
     * @throws IllegalArgumentException for an unknown name; names attribute, value and the names
     *     allowed
     */
    public static VoiceProperties of(
            String age, String gender, String emotion, String pitch, String speed) {
        return new VoiceProperties(
                VoiceAttribute.AGE.number(age),
                VoiceAttribute.GENDER.number(gender),
                VoiceAttribute.EMOTION.number(emotion),
                VoiceAttribute.PITCH.number(pitch),
                VoiceAttribute.SPEED.number(speed));
    }

    /** The six ids that stand first in a prompt. */
    int[] ids(int spct0) {
        return new int[] {
            spct0, spct0 + age, spct0 + gender, spct0 + emotion, spct0 + pitch, spct0 + speed
        };
    }
}
