package io.rwkvtts.chaos;

import io.rwkvtts.schema.AudioTokens;

/**
 * A record that the job has written, be it a repeated one or one of a transaction that was never
 * committed.
 *
 * @param tokens the record
 * @param partition that it was written to
 * @param emittedAtMs when the operator emitted it, epoch milliseconds
 * @param receivedAtMs when it could be read, epoch milliseconds
 */
record Emission(AudioTokens tokens, int partition, long emittedAtMs, long receivedAtMs) {

    /** Whether the record ends its request. */
    boolean end() {
        return tokens.getFinishReason() != null;
    }
}
