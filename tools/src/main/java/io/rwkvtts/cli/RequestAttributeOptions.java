package io.rwkvtts.cli;

import io.rwkvtts.schema.TextEvent;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Option;

/** The optional attributes of a request as options. The job checks them, not this program. */
final class RequestAttributeOptions {

    @Option(names = "--voice", paramLabel = "ID", description = "reference voice of the job")
    private String voiceId;

    @Option(
            names = "--age",
            paramLabel = "NAME",
            description = "child, teenager, youth-adult, middle-aged or elderly")
    private String age;

    @Option(names = "--gender", paramLabel = "NAME", description = "female or male")
    private String gender;

    @Option(
            names = "--emotion",
            paramLabel = "NAME",
            description = "NEUTRAL, HAPPY, SAD, WHISPER and others")
    private String emotion;

    @Option(
            names = "--pitch",
            paramLabel = "NAME",
            description = "low_pitch, medium_pitch, high_pitch or very_high_pitch")
    private String pitch;

    @Option(
            names = "--speed",
            paramLabel = "NAME",
            description = "very_slow, slow, medium, fast or very_fast")
    private String speed;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "sampling temperature of the semantic tokens, 0 or more (default: 1.0)")
    private Double temperature;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "nucleus of the semantic tokens, 0 to 1 (default: 0.95)")
    private Double topP;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "likeliest semantic tokens to keep, 0 = all (default: 80)")
    private Integer topK;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description = "unsigned 64-bit number (default: made from the request id)")
    private Long seed;

    @Option(
            names = "--max-semantic-tokens",
            paramLabel = "N",
            description = "most tokens of a sentence; 50 are a second")
    private Integer maxSemanticTokens;

    @Option(
            names = "--min-semantic-tokens",
            paramLabel = "N",
            description = "fewest tokens of a sentence")
    private Integer minSemanticTokens;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "higher is served first (default: 0)")
    private Integer priority;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            converter = DeadlineConverter.class,
            description =
                    "when the request ends, done or not: 2030-01-31T12:00:00Z, or PT30S from now")
    private Instant deadline;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            converter = BudgetConverter.class,
            description =
                    "instead of a deadline: how long the request may take from the timestamp of its"
                            + " record on, such as PT2.5S")
    private Duration budget;

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "whom the request belongs to; tenants are served in turn")
    private String tenant;

    /** Whether both ways to end the request are given, of which it may have one. */
    boolean endsTwice() {
        return deadline != null && budget != null;
    }

    /** Sets the attributes in an event. */
    void addTo(TextEvent.Builder event) {
        event.setVoiceId(voiceId)
                .setAge(age)
                .setGender(gender)
                .setEmotion(emotion)
                .setPitch(pitch)
                .setSpeed(speed)
                .setTemperature(temperature)
                .setTopP(topP)
                .setTopK(topK)
                .setSeed(seed)
                .setMaxSemanticTokens(maxSemanticTokens)
                .setMinSemanticTokens(minSemanticTokens)
                .setPriority(priority)
                .setDeadline(deadline == null ? null : (Long) deadline.toEpochMilli())
                .setBudgetMs(budget == null ? null : (Long) budget.toMillis())
                .setTenant(tenant);
    }
}
