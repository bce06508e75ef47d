package io.rwkvtts.schema;

/** Text events for tests of all modules. */
public final class TextEvents {

    private TextEvents() {}

    /** An event in which no field has its default: a new field belongs here. */
    public static TextEvent full() {
        return TextEvent.newBuilder()
                .setRequestId("request-1")
                .setSequence(41)
                .setText("Grüße, 世界 🎧")
                .setLast(false)
                .setCancel(true)
                .setVoiceId("anna")
                .setAge("elderly")
                .setGender("male")
                .setEmotion("HAPPY")
                .setPitch("low_pitch")
                .setSpeed("fast")
                .setTemperature(0.7)
                .setTopP(0.9)
                .setTopK(50)
                .setSeed(-1L)
                .setMaxSemanticTokens(500)
                .setMinSemanticTokens(1)
                .setPriority(-3)
                .setDeadline(1_800_000_000_000L)
                .setBudgetMs(2_500L)
                .setTenant("acme")
                .build();
    }
}
