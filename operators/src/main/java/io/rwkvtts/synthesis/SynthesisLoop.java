package io.rwkvtts.synthesis;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.text.Segmenter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
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
 * <p>A step consists of parts ({@link StepPart}), of which another thread may compute one while
 * requests come and go. Owns the slots and the engine's state in them. For one thread but for that;
 * between two parts every request stands between two tokens and may be taken a snapshot of.
 */
public final class SynthesisLoop {
    private final InferenceEngine engine;
    private final SegmentFactory segments;
    private final int prefillChunkTokens;
    private PrefixCache prefixes;
    private final SpeechOutput output;
    private final LoopObserver observer;
    private final LoopClock clock;

    private final SlotTable slots;
    private final SlotStates states;
    private final TokenSampler sampler;
    private final DrawBatch draws;
    private final int[] stepSlots;
    private final int[] stepTokens;
    private final Part decode = new Decode();
    private final Part knownLogits = new KnownLogits();
    private final Prefill prefill = new Prefill();

    /** What of the step comes next. */
    private Stage stage = Stage.DECODE;

    private Iterator<List<PromptPiece>> prefillCalls = Collections.emptyIterator();

    /** Whether a part is begun and not applied. */
    private boolean computing;

    /** Slots that requests have left since that part was begun. */
    private final List<Integer> left = new ArrayList<>();

    private enum Stage {
        DECODE,
        KNOWN_LOGITS,
        PROMPTS,
        PREFILL
    }

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
        clock = new LoopClock(nanos);
        slots = new SlotTable(engine.slots());
        states = new SlotStates(engine, slots);
        sampler = new TokenSampler(engine, observer, nanos);
        draws = new DrawBatch(engine.slots());
        stepSlots = new int[engine.slots()];
        stepTokens = new int[engine.slots()];
    }

    /** Has prompts begin with the states in another cache from now on; what was kept is lost. */
    public void keepPrefixesIn(PrefixCache cache) {
        prefixes = cache;
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
        RunningRequest running = slots.occupy(request, clock, sinceNanos);
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
        if (active.decoding()) {
            running.clock().promptFed();
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
     * @throws IllegalStateException between the computation of a part and its application
     */
    public List<RequestSnapshot> snapshots(boolean withState) {
        if (computing) {
            throw new IllegalStateException("a snapshot in the middle of a part of a step");
        }
        return states.snapshots(withState);
    }

    /** Feeds every decoding request one token, then one piece of the prompts that wait. */
    public void step() {
        for (StepPart part = nextPart(); part != null; part = nextPart()) {
            part.compute();
            part.apply();
        }
    }

    /**
     * Begins the next part of a step; the one before must be applied.
     *
     * @return null if the step is over: the next call begins another one
     */
    public StepPart nextPart() {
        if (stage == Stage.DECODE) {
            stage = Stage.KNOWN_LOGITS;
            if (decode.begin()) {
                return decode;
            }
        }
        if (stage == Stage.KNOWN_LOGITS) {
            stage = Stage.PROMPTS;
            if (knownLogits.begin()) {
                return knownLogits;
            }
        }
        if (stage == Stage.PROMPTS) {
            stage = Stage.PREFILL;
            if (promptsWait()) {
                prefillCalls = PrefillCalls.of(slots.running(), prefillChunkTokens).iterator();
            }
        }
        while (prefillCalls.hasNext()) {
            prefill.pieces = prefillCalls.next();
            if (prefill.begin()) {
                return prefill;
            }
        }
        stage = Stage.DECODE;
        return null;
    }

    /** A part with the rows to draw. */
    private abstract class Part implements StepPart {

        /** How long the computation took. */
        private long tookNanos;

        /** Sets what is to be computed; false if that is nothing. */
        final boolean begin() {
            draws.clear();
            computing = prepare();
            return computing;
        }

        abstract boolean prepare();

        @Override
        public final void compute() {
            long start = clock.nanoTime();
            run();
            tookNanos = clock.nanoTime() - start;
        }

        abstract void run();

        @Override
        public final void apply() {
            computing = false;
            for (int slot : left) {
                giveBack(slot);
            }
            left.clear();
            conclude(tookNanos);
            advance();
        }

        abstract void conclude(long tookNanos);
    }

    /** One token for each decoding request. */
    private final class Decode extends Part {

        private long engineNanos;

        @Override
        boolean prepare() {
            for (int slot = 0; slot < slots.capacity(); slot++) {
                RunningRequest running = slots.at(slot);
                if (running != null && running.active().decoding()) {
                    ActiveSegment active = running.active();
                    stepSlots[draws.size()] = slot;
                    stepTokens[draws.size()] = active.generation.nextInput();
                    draws.add(slot, active.generation);
                }
            }
            if (draws.size() > 0) {
                states.take();
            }
            return draws.size() > 0;
        }

        @Override
        void run() {
            states.load();
            long start = clock.nanoTime();
            engine.step(stepSlots, stepTokens, draws.size());
            engineNanos = clock.nanoTime() - start;
            sampler.sample(draws);
        }

        @Override
        void conclude(long tookNanos) {
            clock.stepped(tookNanos);
            observer.stepped(draws.size(), engineNanos);
        }
    }

    /** Once for each slot: the next segment may be known as well, and many after it. */
    private final class KnownLogits extends Part {

        @Override
        boolean prepare() {
            for (int slot = 0; slot < slots.capacity(); slot++) {
                RunningRequest running = slots.at(slot);
                if (running != null && running.active().knownLogits() != null) {
                    running.clock().promptFed();
                    ActiveSegment active = running.active();
                    draws.add(slot, active.generation, active.takeKnownLogits());
                }
            }
            return draws.size() > 0;
        }

        @Override
        void run() {
            sampler.sample(draws);
        }

        @Override
        void conclude(long tookNanos) {
            clock.stepped(tookNanos);
        }
    }

    /** Pieces of the prompts that wait, in one call. */
    private final class Prefill extends Part {

        private List<PromptPiece> pieces;

        @Override
        boolean prepare() {
            if (pieces.stream().anyMatch(piece -> slots.at(piece.slot()) == null)) {
                pieces = pieces.stream().filter(piece -> slots.at(piece.slot()) != null).toList();
            }
            if (pieces.isEmpty()) {
                return false;
            }
            states.take();
            for (PromptPiece piece : pieces) {
                ActiveSegment active = slots.at(piece.slot()).active();
                if (active.completedBy(piece)) {
                    draws.add(piece.slot(), active.generation);
                }
            }
            return true;
        }

        @Override
        void run() {
            states.load();
            engine.prefill(pieces);
            sampler.sample(draws);
        }

        @Override
        void conclude(long tookNanos) {
            clock.prefilled(tookNanos);
            observer.prefilled(pieces.stream().mapToInt(PromptPiece::length).sum());
            for (PromptPiece piece : pieces) {
                RunningRequest running = slots.at(piece.slot());
                if (running != null) {
                    ActiveSegment active = running.active();
                    active.fed(piece);
                    prefixes.keep(active, engine);
                    if (!active.waiting()) {
                        running.clock().promptFed();
                    }
                }
            }
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

    /** Leaves out what of a prompt need not be fed. */
    private void skipKnownPrefix(ActiveSegment active) {
        if (!prefixes.isOff()) {
            observer.prefixLookedUp(active.prompt.length, prefixes.skipKnown(active));
        }
    }

    /** Takes each request on by what was drawn for it. */
    private void advance() {
        long now = clock.nanoTime();
        for (int row = 0; row < draws.size(); row++) {
            RunningRequest running = slots.at(draws.slot(row));
            if (running == null) {
                // It has left since the part was begun.
                continue;
            }
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
            observer.firstChunk(request, running.clock());
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
            observer.finished(running.clock(), request.terms().arm());
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

    /** The slot of a request that leaves while a part is computed is free after that part. */
    private void free(RunningRequest running) {
        slots.leave(running);
        if (computing) {
            left.add(running.slot());
        } else {
            giveBack(running.slot());
        }
    }

    private void giveBack(int slot) {
        // So the engine need not keep a state that nobody needs.
        engine.clear(slot);
        slots.giveBack(slot);
    }
}
