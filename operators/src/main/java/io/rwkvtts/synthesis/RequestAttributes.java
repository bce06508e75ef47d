package io.rwkvtts.synthesis;

/**
 * The optional attributes of a request, as its first text event carries them; null = not given. The
 * job does not trust them: the CheckEvents operator checks each.
 *
 * <p>A record of plain fields, so that Flink's POJO serializer moves it between tasks.
 *
 * @param voice the voice it asks for, never null
 * @param sampling how its tokens are drawn, never null
 * @param maxSemanticTokens upper bound per segment
 * @param minSemanticTokens lower bound per segment
 * @param priority higher is served first
 * @param deadlineMs epoch milliseconds at which the request ends
 * @param budgetMs milliseconds from the timestamp of the request's first record to its end, in
 *     place of {@code deadlineMs}
 * @param tenant whom the request belongs to
 */
public record RequestAttributes(
        RequestedVoice voice,
        RequestedSampling sampling,
        Integer maxSemanticTokens,
        Integer minSemanticTokens,
        Integer priority,
        Long deadlineMs,
        Long budgetMs,
        String tenant) {

    /** No attribute given. */
    public static final RequestAttributes NONE =
            new RequestAttributes(
                    RequestedVoice.NONE,
                    RequestedSampling.NONE,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);

    /** Whom the request belongs to, empty for nobody in particular. */
    public String tenantOrEmpty() {
        return tenant == null ? "" : tenant;
    }

    /** Its priority, 0 if none is given, less {@code drop}; the least there is, if need be. */
    int priorityLoweredBy(int drop) {
        long asked = priority == null ? 0 : priority;
        return (int) Math.max(Integer.MIN_VALUE, asked - drop);
    }
}
