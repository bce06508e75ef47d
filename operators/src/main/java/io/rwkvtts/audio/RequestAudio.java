package io.rwkvtts.audio;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sound of one request, segment after segment. Each segment is decoded on its own, as it was
 * generated. Belongs to one thread.
 */
public final class RequestAudio {

    private final AudioDecoder decoder;
    private final WindowPlan plan;
    private SegmentAudio segment;

    /** A request from its beginning. */
    public RequestAudio(AudioDecoder decoder, WindowPlan plan) {
        this.decoder = decoder;
        this.plan = plan;
    }

    /**
     * Whether tokens without globals can be decoded: not before the first record of a segment,
     * which a reader that joined late has missed.
     */
    public boolean begun() {
        return segment != null;
    }

    /**
     * The next record of the request.
     *
     * @param globals the speaker's 32 ids, if the record is the first of a segment, else null
     * @param semantics tokens of the record
     * @param output takes the samples that become certain, in order
     * @throws IllegalArgumentException if an id is out of range
     * @throws IllegalStateException if no segment has begun
     */
    public void accept(int[] globals, int[] semantics, Consumer<float[]> output) {
        if (globals != null) {
            end(output);
            segment = new SegmentAudio(plan, globals);
        }
        if (segment == null) {
            throw new IllegalStateException("tokens before the global tokens of their segment");
        }
        segment.add(semantics);
        emit(false, output);
    }

    /** The request has ended, or was left: what is still held is decoded. */
    public void end(Consumer<float[]> output) {
        if (segment != null) {
            emit(true, output);
            segment = null;
        }
    }

    private void emit(boolean ended, Consumer<float[]> output) {
        for (Optional<float[]> samples = segment.next(decoder, ended);
                samples.isPresent();
                samples = segment.next(decoder, ended)) {
            output.accept(samples.get());
        }
    }
}
