package io.rwkvtts.synthesis;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.text.Segmenter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Continuous batching: generates up to as many requests at once as the engine has slots; requests
 * join and leave at every step.
 *
 * <p>One {@link #step} feeds every decoding request one token and then one piece of waiting
 * prompts, so that a long prompt never holds up the others by more than a piece. What a request
 * says does not depend on any of this (design: "Determinism").
 *
 * <p>Owns the slots and the engine's state in them. For one thread; between two calls every request
 * stands between two tokens and may be taken a snapshot of.
 */
public final class SynthesisLoop {
    private final InferenceEngine engine;
    private final SegmentFactory segments;
    private final Segmenter segmenter;
    private final int prefillChunkTokens;
    private final PrefixCache prefixes;
    private final SpeechOutput output;
    private final LoopObserver observer;

    private final Map<String, SpeechRequest> running = new LinkedHashMap<>();
    private final SpeechRequest[] bySlot;
    private final ArrayDeque<Integer> freeSlots = new ArrayDeque<>();
    private final NanoClock nanos;
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
            Segmenter segmenter,
            int prefillChunkTokens,
            PrefixCache prefixes,
            SpeechOutput output,
            LoopObserver observer,
            NanoClock nanos) {
        this.engine = engine;
        this.segments = segments;
        this.segmenter = segmenter;
        this.prefillChunkTokens = prefillChunkTokens;
        this.prefixes = prefixes;
        this.output = output;
        this.observer = observer;
        this.nanos = nanos;
        int slots = engine.slots();
        this.bySlot = new SpeechRequest[slots];
        for (int slot = 0; slot < slots; slot++) {
            freeSlots.add(slot);
        }
        this.sampler = new TokenSampler(engine, observer, nanos);
        this.draws = new DrawBatch(slots);
        this.stepSlots = new int[slots];
        this.stepTokens = new int[slots];
    }

    public boolean hasFreeSlot() {
        return !freeSlots.isEmpty();
    }

    /** Whether any request holds a slot, so that {@link #step} has something to do. */
    public boolean hasWork() {
        return !running.isEmpty();
    }

    /** The requests that hold a slot, in the order of their admission; a live view. */
    public Collection<SpeechRequest> running() {
        return running.values();
    }

    /** The request with this id if it holds a slot, else null. */
    public SpeechRequest running(String id) {
        return running.get(id);
    }

    /**
     * Gives a request a free slot: continues its interrupted segment, or begins its next one. If it
     * has none, or the segment cannot be begun, the request is parked or finished at once.
     *
     * @param sinceNanos when its wait for the slot began, by the loop's clock
     */
    public void admit(SpeechRequest request, long sinceNanos) {
        int slot = freeSlots.remove();
        bySlot[slot] = request;
        running.put(request.id(), request);
        request.startClock(nanos, sinceNanos);
        observer.admitted(request, request.clock());
        SegmentSnapshot interrupted = request.interrupted();
        if (interrupted == null) {
            beginNextSegment(request, slot);
        } else {
            request.resume(segments.resume(slot, request, interrupted));
            if (interrupted.state() == null) {
                ActiveSegment active = request.active();
                engine.clear(slot);
                skipKnownPrefix(request);
                observer.recomputing(active.prefill.length - active.prefilled);
            }
        }
    }

    /** Takes a request out of its slot in mid-generation; what it has emitted stays valid. */
    public void release(SpeechRequest request) {
        freeSlot(request, request.active().slot);
    }

    /**
     * Snapshots of all requests that hold a slot, in the order of their admission.
     *
     * @param withState whether to take the bits of the states along; else a restore computes them
     *     again from the tokens
     */
    public List<RequestSnapshot> snapshots(boolean withState) {
        Map<SpeechRequest, byte[]> states = withState ? states() : Map.of();
        List<RequestSnapshot> snapshots = new ArrayList<>(running.size());
        for (SpeechRequest request : running.values()) {
            snapshots.add(
                    request.snapshot(
                            request.active().snapshot(engine.model(), states.get(request))));
        }
        return snapshots;
    }

    /** The states from which requests continue: those not loaded yet, and the engine's. */
    private Map<SpeechRequest, byte[]> states() {
        Map<SpeechRequest, byte[]> states = new IdentityHashMap<>();
        List<SpeechRequest> inEngine = new ArrayList<>();
        for (SpeechRequest request : running.values()) {
            ActiveSegment active = request.active();
            if (active.resumable()) {
                if (active.stateToLoad == null) {
                    inEngine.add(request);
                } else {
                    states.put(request, active.stateToLoad);
                }
            }
        }
        byte[][] saved =
                engine.saveStates(inEngine.stream().mapToInt(r -> r.active().slot).toArray());
        for (int i = 0; i < saved.length; i++) {
            states.put(inEngine.get(i), saved[i]);
        }
        return states;
    }

    /** Feeds every decoding request one token, then one piece of the prompts that wait. */
    public void step() {
        loadStates();
        decode();
        continueFromKnownLogits();
        loadStates();
        prefill();
    }

    /** Gives the slots the states of requests that were restored, and of known prefixes. */
    private void loadStates() {
        int count = 0;
        for (SpeechRequest request : bySlot) {
            if (request != null && request.active().stateToLoad != null) {
                count++;
            }
        }
        if (count == 0) {
            return;
        }
        int[] slots = new int[count];
        byte[][] states = new byte[count][];
        for (SpeechRequest request : bySlot) {
            if (request != null && request.active().stateToLoad != null) {
                ActiveSegment active = request.active();
                count--;
                slots[count] = active.slot;
                states[count] = active.stateToLoad;
                active.stateToLoad = null;
            }
        }
        engine.loadStates(slots, states);
    }

    private void decode() {
        draws.clear();
        for (SpeechRequest request : bySlot) {
            if (request != null && request.active().decoding()) {
                ActiveSegment active = request.active();
                stepSlots[draws.size()] = active.slot;
                stepTokens[draws.size()] = active.generation.nextInput();
                draws.add(active.slot, active.generation);
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
        for (List<PromptPiece> pieces : PrefillCalls.of(running.values(), prefillChunkTokens)) {
            long start = nanos.nanoTime();
            engine.prefill(pieces);
            long took = nanos.nanoTime() - start;
            int tokens = pieces.stream().mapToInt(PromptPiece::length).sum();
            observer.prefilled(pieces.size(), tokens, took);
            draws.clear();
            pieces.forEach(this::prefilled);
            drawAndAdvance();
        }
    }

    private boolean promptsWait() {
        for (SpeechRequest request : bySlot) {
            if (request != null && request.active().waiting()) {
                return true;
            }
        }
        return false;
    }

    private void prefilled(PromptPiece piece) {
        SpeechRequest request = bySlot[piece.slot()];
        ActiveSegment active = request.active();
        active.prefilled = piece.to();
        prefixes.keep(active, engine);
        if (!active.waiting()) {
            promptFed(request);
            draws.add(active.slot, active.generation);
        }
    }

    /** Leaves out what of a prompt need not be fed. */
    private void skipKnownPrefix(SpeechRequest request) {
        if (prefixes.isOff()) {
            return;
        }
        ActiveSegment active = request.active();
        PrefixCache.Prefix known = prefixes.find(active);
        observer.prefixLookedUp(active.prompt.length, known == null ? 0 : known.tokens());
        if (known != null) {
            active.stateToLoad = known.state();
            active.prefilled = known.tokens();
            active.knownLogits = active.waiting() ? null : known.logits();
        }
    }

    /** Once for each slot: the next segment may be known as well, and many after it. */
    private void continueFromKnownLogits() {
        draws.clear();
        for (SpeechRequest request : bySlot) {
            ActiveSegment active = request == null ? null : request.active();
            if (active != null && active.knownLogits != null) {
                promptFed(request);
                draws.add(active.slot, active.generation, active.knownLogits);
                active.knownLogits = null;
            }
        }
        drawAndAdvance();
    }

    private void promptFed(SpeechRequest request) {
        if (request.clock().promptFedAt == 0) {
            request.clock().promptFedAt = nanos.nanoTime();
        }
    }

    /** Draws what follows the tokens that were just fed, and takes each request on by it. */
    private void drawAndAdvance() {
        sampler.sample(draws);
        long now = nanos.nanoTime();
        for (int row = 0; row < draws.size(); row++) {
            SpeechRequest request = bySlot[draws.slot(row)];
            try {
                if (draws.wanted(row)) {
                    take(request, draws.token(row), now);
                }
            } catch (InvalidLogitsException e) {
                release(request);
                output.finished(request, FinishReason.ERROR, e.getMessage());
                continue;
            }
            advance(request);
        }
    }

    private void take(SpeechRequest request, int token, long now) {
        SegmentGeneration generation = request.active().generation;
        int tokensBefore = generation.semanticCount();
        generation.drawn(token);
        if (generation.semanticCount() > tokensBefore) {
            timeToken(request.clock(), now);
        }
    }

    /** Emits a full chunk, closes a finished segment. */
    private void advance(SpeechRequest request) {
        ActiveSegment active = request.active();
        SegmentGeneration generation = active.generation;
        if (generation.semanticCount() >= request.chunks().nextBorder(active.emitted)) {
            emit(request, active);
        }
        if (generation.finished()) {
            finishSegment(request, active);
        }
    }

    private void timeToken(RequestClock clock, long now) {
        observer.semanticToken(clock, clock.spoke() ? now - clock.latestTokenAt : 0);
        if (!clock.spoke()) {
            clock.firstTokenAt = now;
        }
        clock.latestTokenAt = now;
    }

    private void emit(SpeechRequest request, ActiveSegment active) {
        int[] tokens =
                active.generation.semantics(active.emitted, active.generation.semanticCount());
        output.chunk(request, tokens, active.emitted == 0 ? active.generation.globals() : null);
        request.clock().chunk(tokens.length);
        if (request.sequence() == 0) {
            observer.firstChunk(request.clock());
        }
        request.advance(tokens.length);
        active.emitted += tokens.length;
    }

    private void finishSegment(SpeechRequest request, ActiveSegment active) {
        if (active.generation.semanticCount() > active.emitted) {
            emit(request, active);
        }
        if (active.generation.cutOff()) {
            observer.cutOff(active.generation.ranAway());
        }
        request.completeSegment();
        beginNextSegment(request, active.slot);
    }

    private void beginNextSegment(SpeechRequest request, int slot) {
        Optional<Segmenter.Segment> segment = request.nextSegment(segmenter);
        if (segment.isPresent()) {
            begin(request, slot, segment.get());
        } else if (request.textComplete()) {
            freeSlot(request, slot);
            observer.finished(request, request.clock());
            output.finished(request, request.outcome(), null);
        } else {
            freeSlot(request, slot);
            output.parked(request);
        }
    }

    private void begin(SpeechRequest request, int slot, Segmenter.Segment segment) {
        try {
            request.begin(segments.begin(slot, request, segment.text()), segment.end());
        } catch (RequestException e) {
            freeSlot(request, slot);
            output.finished(request, FinishReason.ERROR, e.getMessage());
            return;
        }
        engine.clear(slot);
        skipKnownPrefix(request);
    }

    private void freeSlot(SpeechRequest request, int slot) {
        // A dead state need not be moved out of the way of the living.
        engine.clear(slot);
        request.leaveSlot();
        running.remove(request.id());
        bySlot[slot] = null;
        freeSlots.add(slot);
    }
}
