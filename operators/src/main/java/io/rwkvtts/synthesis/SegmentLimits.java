package io.rwkvtts.synthesis;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.protocol.GenerationLimits;

/**
 * How long the segments of a request may become.
 *
 * @param tokens semantic tokens of a segment, where the request sets none; what it sets above that
 *     is lowered to it
 * @param byText whether a segment's tokens are also bounded by its text (spec 3.6)
 */
public record SegmentLimits(GenerationLimits tokens, boolean byText) {

    public SegmentLimits {
        requireNonNull(tokens, "tokens");
    }
}
