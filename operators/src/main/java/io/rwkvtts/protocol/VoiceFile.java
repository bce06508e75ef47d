package io.rwkvtts.protocol;

/**
 * The content of a voice file {@code <id>.raf.json} (spec 4.1).
 *
 * @param voice id, transcript and tokens
 * @param name of the voice, for people
 * @param createdAt when it was recorded, RFC 3339
 * @param audioDuration seconds; informative, the number of semantic tokens is the truth
 * @param sampleRate of the recording, Hz
 * @param checksum as the file gives it; empty if it gives none
 */
public record VoiceFile(
        Voice voice,
        String name,
        String createdAt,
        float audioDuration,
        int sampleRate,
        String checksum) {}
