package io.rwkvtts.plan;

/**
 * What a segment costs.
 *
 * @param promptTokens fed before it
 * @param globalTokens of the voice that are generated before its speech, a step each
 * @param semanticTokens of its speech, a step each; 20 ms of sound
 */
record SegmentLoad(int promptTokens, int globalTokens, int semanticTokens) {}
