package io.rwkvtts.synthesis;

/**
 * The optional attributes of a request, as its first text event carries them; null = not given. The
 * job does not trust them: the CheckEvents operator checks each.
 *
 * <p>A record of plain fields, so that Flink's POJO serializer moves it between tasks.
 *
 * @param voiceId id of a reference voice of the job's voice directory
 * @param age voice property, a name of spec 3.3
 * @param gender voice property
 * @param emotion voice property
 * @param pitch voice property
 * @param speed voice property
 * @param temperature of the semantic phase
 * @param topP of the semantic phase
 * @param topK of the semantic phase
 * @param seed of the random numbers, all 64 bits; derived from the request id if null
 * @param maxSemanticTokens upper bound per segment
 * @param minSemanticTokens lower bound per segment
 * @param priority higher is served first
 * @param deadlineMs epoch milliseconds at which the request ends
 * @param budgetMs milliseconds from the timestamp of the request's first record to its end, in
 *     place of {@code deadlineMs}
 * @param tenant whom the request belongs to
 */
public record RequestAttributes(
        String voiceId,
        String age,
        String gender,
        String emotion,
        String pitch,
        String speed,
        Double temperature,
        Double topP,
        Integer topK,
        Long seed,
        Integer maxSemanticTokens,
        Integer minSemanticTokens,
        Integer priority,
        Long deadlineMs,
        Long budgetMs,
        String tenant) {

    /** No attribute given. */
    public static final RequestAttributes NONE =
            new RequestAttributes(
                    null, null, null, null, null, null, null, null, null, null, null, null, null,
                    null, null, null);
}
