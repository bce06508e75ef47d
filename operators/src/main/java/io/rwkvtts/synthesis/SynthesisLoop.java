package io.rwkvtts.synthesis;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.text.Segmenter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Continuous batching: generates up to as many requests at once as the engine has slots; requests
 * join and leave at every step.
 *
 * <p>One {@link #step} feeds every decoding request one token and then one piece of waiting
 * prompts, so that a long prompt never holds up the others by more than a piece. The tokens of a
 * request do not depend on any of this (design: "Determinism").
 *
 * <p>Owns the slots and the engine's state in them. For one thread; between two calls every request
 * stands between two tokens and may be taken a snapshot of.
 */
public final class SynthesisLoop {
    private final InferenceEngine engine;
    private final SegmentFactory segments;
    private final int prefillChunkTokens;
    private final PrefixCache prefixes;
    private final SpeechOutput output;
    private final LoopObserver observer;
    private final NanoClock nanos;

    private final SlotTable slots;
    private final SlotStates states;
    private final TokenSampler sampler;
    private final DrawBatch draws;
    private final int[] stepSlots;
    private final int[] stepTokens;

    /**
     * @param prefillChunkTokens most prompt tokens fed in one call, option {@code
     *     tts.prefill.chunk-tokens}
     * @param prefixes states that prompts of this engine begin with
     * @param nanos for durations that the observer is told of
     */
    public SynthesisLoop(
            InferenceEngine engine,
            SegmentFactory segments,
            int prefillChunkTokens,
            PrefixCache prefixes,
            SpeechOutput output,
            LoopObserver observer,
            NanoClock nanos) {
        this.engine = engine;
        this.segments = segments;
        this.prefillChunkTokens = prefillChunkTokens;
        this.prefixes = prefixes;
        this.output = output;
        this.observer = observer;
        this.nanos = nanos;
        slots = new SlotTable(engine.slots());
        states = new SlotStates(engine, slots);
        sampler = new TokenSampler(engine, observer, nanos);
        draws = new DrawBatch(engine.slots());
        stepSlots = new int[engine.slots()];
        stepTokens = new int[engine.slots()];
    }

    public boolean hasFreeSlot() {
        return slots.hasFree();
    }

    /** Whether any request holds a slot, so that {@link #step} has something to do. */
    public boolean hasWork() {
        return !slots.running().isEmpty();
    }

    /** The requests that hold a slot, in the order of their admission; a live view. */
    public Collection<RunningRequest> running() {
        return slots.running();
    }

    /** The request with this id if it holds a slot, else null. */
    public SpeechRequest running(String id) {
        RunningRequest running = slots.find(id);
        return running == null ? null : running.request();
    }

    /**
     * Whether a request can use a slot now: it has a segment to continue, or the next one is
     * certain.
     */
    public boolean canUseSlot(SpeechRequest request) {
        return request.isInterrupted() || segments.next(request).isPresent();
    }

    /**
     * Gives a request a free slot: continues its interrupted segment, or begins its next one. If it
     * has none, or the segment cannot be begun, the request is parked or finished at once.
     *
     * @param sinceNanos when its wait for the slot began, by the loop's clock
     */
    public void admit(SpeechRequest request, long sinceNanos) {
        RunningRequest running = slots.occupy(request, nanos, sinceNanos);
        observer.admitted(running.clock());
        SegmentSnapshot interrupted = request.takeInterrupted();
        if (interrupted == null) {
            beginNextSegment(running);
        } else {
            resume(running, interrupted);
        }
    }

    private void resume(RunningRequest running, SegmentSnapshot interrupted) {
        ActiveSegment active = segments.resume(running.slot(), running.request(), interrupted);
        running.resume(active);
        if (active.stateToLoad() == null) {
            engine.clear(running.slot());
            skipKnownPrefix(active);
            observer.recomputing(active.left());
        }
    }

    /** Takes a request out of its slot in mid-generation; what it has emitted stays valid. */
    public void release(SpeechRequest request) {
        free(slots.find(request.id()));
    }

    /**
     * Snapshots of all requests that hold a slot, in the order of their admission.
     *
     * @param withState whether to take the bits of the states along; else a restore computes them
     *     again from the tokens
     */
    public List<RequestSnapshot> snapshots(boolean withState) {
        return states.snapshots(withState);
    }

    /** Feeds every decoding request one token, then one piece of the prompts that wait. */
    public void step() {
        states.load();
        decode();
        continueFromKnownLogits();
        states.load();
        prefill();
    }

    private void decode() {
        draws.clear();
        for (int slot = 0; slot < slots.capacity(); slot++) {
            RunningRequest running = slots.at(slot);
            if (running != null && running.active().decoding()) {
                ActiveSegment active = running.active();
                stepSlots[draws.size()] = slot;
                stepTokens[draws.size()] = active.generation.nextInput();
                draws.add(slot, active.generation);
            }
        }
        int rows = draws.size();
        if (rows == 0) {
            return;
        }
        long start = nanos.nanoTime();
        engine.step(stepSlots, stepTokens, rows);
        observer.stepped(rows, nanos.nanoTime() - start);
        drawAndAdvance();
    }

    private void prefill() {
        if (!promptsWait()) {
            return;
        }
        for (List<PromptPiece> pieces : PrefillCalls.of(slots.running(), prefillChunkTokens)) {
            engine.prefill(pieces);
            observer.prefilled(pieces.stream().mapToInt(PromptPiece::length).sum());
            draws.clear();
            pieces.forEach(this::prefilled);
            drawAndAdvance();
        }
    }

    private boolean promptsWait() {
        for (int slot = 0; slot < slots.capacity(); slot++) {
            RunningRequest running = slots.at(slot);
            if (running != null && running.active().waiting()) {
                return true;
            }
        }
        return false;
    }

    private void prefilled(PromptPiece piece) {
        RunningRequest running = slots.at(piece.slot());
        ActiveSegment active = running.active();
        active.fed(piece);
        prefixes.keep(active, engine);
        if (!active.waiting()) {
            running.clock().promptFed();
            draws.add(piece.slot(), active.generation);
        }
    }

    /** Leaves out what of a prompt need not be fed. */
    private void skipKnownPrefix(ActiveSegment active) {
        if (!prefixes.isOff()) {
            observer.prefixLookedUp(active.prompt.length, prefixes.skipKnown(active));
        }
    }

    /** Once for each slot: the next segment may be known as well, and many after it. */
    private void continueFromKnownLogits() {
        draws.clear();
        for (int slot = 0; slot < slots.capacity(); slot++) {
            RunningRequest running = slots.at(slot);
            if (running != null && running.active().knownLogits() != null) {
                running.clock().promptFed();
                ActiveSegment active = running.active();
                draws.add(slot, active.generation, active.takeKnownLogits());
            }
        }
        drawAndAdvance();
    }

    /** Draws what follows the tokens that were just fed, and takes each request on by it. */
    private void drawAndAdvance() {
        sampler.sample(draws);
        long now = nanos.nanoTime();
        for (int row = 0; row < draws.size(); row++) {
            RunningRequest running = slots.at(draws.slot(row));
            try {
                if (draws.wanted(row) && running.active().drawn(draws.token(row))) {
                    observer.semanticToken(running.clock().token(now));
                }
            } catch (InvalidLogitsException e) {
                finish(running, FinishReason.ERROR, e.getMessage());
                continue;
            }
            advance(running);
        }
    }

    /** Emits a full chunk, closes a finished segment. */
    private void advance(RunningRequest running) {
        if (running.chunkDue()) {
            emit(running);
        }
        if (running.active().generation.finished()) {
            finishSegment(running);
        }
    }

    private void emit(RunningRequest running) {
        SpeechRequest request = running.request();
        ActiveSegment active = running.active();
        int[] globals = active.emitted() == 0 ? active.generation.globals() : null;
        int[] tokens = active.takeTokens();
        output.chunk(request, tokens, globals);
        running.clock().chunk(tokens.length);
        if (request.sequence() == 0) {
            observer.firstChunk(running.clock());
        }
        request.advance(request.progress().recordEmitted(tokens.length));
    }

    private void finishSegment(RunningRequest running) {
        ActiveSegment active = running.active();
        if (active.generation.semanticCount() > active.emitted()) {
            emit(running);
        }
        if (active.generation.cutOff()) {
            observer.cutOff(active.generation.ranAway());
        }
        running.completeSegment();
        beginNextSegment(running);
    }

    private void beginNextSegment(RunningRequest running) {
        SpeechRequest request = running.request();
        Optional<Segmenter.Segment> segment = segments.next(request);
        if (segment.isPresent()) {
            begin(running, segment.get());
        } else if (request.textComplete()) {
            observer.finished(running.clock());
            finish(running, request.outcome(), null);
        } else {
            free(running);
            output.parked(request);
        }
    }

    private void begin(RunningRequest running, Segmenter.Segment segment) {
        ActiveSegment active;
        try {
            active = segments.begin(running.slot(), running.request(), segment.text());
        } catch (RequestException e) {
            finish(running, FinishReason.ERROR, e.getMessage());
            return;
        }
        running.begin(active, segment.end());
        engine.clear(running.slot());
        skipKnownPrefix(active);
    }

    private void finish(RunningRequest running, FinishReason reason, String error) {
        free(running);
        output.finished(running.request(), reason, error);
    }

    private void free(RunningRequest running) {
        // So the engine need not keep a state that nobody needs.
        engine.clear(running.slot());
        slots.free(running);
    }
}
