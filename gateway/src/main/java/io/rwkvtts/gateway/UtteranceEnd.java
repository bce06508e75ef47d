package io.rwkvtts.gateway;

/**
 * How an utterance ended.
 *
 * @param reason the job's finish reason; {@link #FAILED} if the gateway could not hear the end,
 *     {@link #SLOW_CLIENT} if its client did not take the sound, and {@link #LEFT} if nobody
 *     listens any more to a request that continues
 * @param error what was wrong, null if nothing was
 * @param usage what it took
 */
record UtteranceEnd(String reason, String error, Usage usage) {

    static final String FAILED = "failed";
    static final String SLOW_CLIENT = "slow_client";
    static final String LEFT = "left";
    static final String CANCELLED = "cancelled";

    /**
     * What an utterance took.
     *
     * @param textChars characters of its text, 0 if it was sent elsewhere
     * @param tokens semantic tokens
     * @param samples of sound
     */
    record Usage(int textChars, long tokens, long samples) {}

    /** Whether all of the text was spoken, or as much of it as a segment may have tokens. */
    boolean complete() {
        return isComplete(reason);
    }

    /** Whether the job says so with a finish reason. */
    static boolean isComplete(String reason) {
        return reason.equals("stop") || reason.equals("length");
    }

    /** The error to answer with if nothing was sent yet; none if it is {@link #complete}. */
    ApiError toApiError() {
        return switch (reason) {
            case "error" -> ApiError.invalid(null, error);
            case "deadline" -> ApiError.deadline();
            case "overloaded" -> ApiError.unavailable("the queue is full; try again later");
            case FAILED -> ApiError.unavailable(error);
            case "expired" -> ApiError.http(408, "the text did not end in time");
            default -> ApiError.internal("the request ended as " + reason);
        };
    }
}
