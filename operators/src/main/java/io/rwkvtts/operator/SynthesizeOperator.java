package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.SnapshotSettings.Mode;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.scheduling.Ticket;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestException;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.text.Segmenter;
import java.io.IOException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.util.OutputTag;

/**
 * Generates requests: text events in, keyed by request id, chunks of audio tokens out.
 *
 * <p>Recovery contract: an event is in keyed state when {@code processElement} returns; a request
 * in mid-generation is written there at every checkpoint with the bits of its recurrent state and
 * continues from there after a restore or on another subtask after a rescale, with the very same
 * tokens and the same output records. An end that depends on what this process alone has seen is
 * written only after a checkpoint that holds it ({@link PendingEnds}).
 *
 * <p>A thin shell: it gives the {@link SynthesisLoop} keys, mails, timers and outputs. All of it
 * runs on the task thread. After a mail or a {@code yield} the current key is somebody else's, so
 * every entry sets it first.
 */
final class SynthesizeOperator extends AbstractStreamOperator<TokenChunk>
        implements OneInputStreamOperator<RequestEvent, TokenChunk>, BoundedOneInput, SpeechOutput {

    private static final long serialVersionUID = 1L;

    /** Ends that are written in one go: more would hold up the steps. */
    private static final int ENDS_AT_ONCE = 1_000;

    private final transient MailboxExecutor mailbox;
    private final EngineFactory engines;
    private final SynthesisSettings settings;
    private final OutputTag<RejectedRecord> deadLetters;
    private final NanoClock nanos;
    private final RunningCheck runningCheck;

    private transient InferenceEngine engine;
    private transient Segmenter segmenter;
    private transient SynthesisLoop loop;
    private transient AdmissionControl admission;
    private transient RequestStore store;
    private transient StepScheduler steps;
    private transient RecordEmitter emitter;
    private transient SynthesisMetrics speechMetrics;
    private transient RequestTimers timers;
    private transient PendingEnds ends;
    private transient EarlyEvents early;
    private transient boolean checkpointed;
    private transient ReusedIds reusedIds;

    SynthesizeOperator(
            StreamOperatorParameters<TokenChunk> parameters,
            EngineFactory engines,
            SynthesisSettings settings,
            OutputTag<RejectedRecord> deadLetters,
            NanoClock nanos,
            RunningCheck runningCheck) {
        super(parameters);
        // Of the least priority: what Flink waits for in a task that ends takes no steps, and
        // what this operator waits for takes all mails, checkpoints among them.
        this.mailbox =
                parameters
                        .getContainingTask()
                        .getMailboxExecutorFactory()
                        .createExecutor(TaskMailbox.MIN_PRIORITY);
        this.engines = engines;
        this.settings = settings;
        this.nanos = nanos;
        this.runningCheck = runningCheck;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers =
                new RequestTimers(
                        getProcessingTimeService(),
                        settings.requests().idleTimeout(),
                        this::endDue);
        reusedIds = new ReusedIds(timers::now, LOG::warn);
        segmenter = settings.text().segmenter();
        try {
            engine = engines.open();
            speechMetrics =
                    new SynthesisMetrics(
                            getMetricGroup(),
                            engine.slots(),
                            engine.model().stateBytes(),
                            settings.requests().firstChunkObjective(),
                            nanos);
            loop = settings.loop(engine, this, speechMetrics, nanos);
        } catch (IOException | IllegalArgumentException e) {
            throw StartFailure.of(e);
        }
        EngineModel model = engine.model();
        store =
                new RequestStore(
                        getKeyedStateBackend(),
                        getKeyedStateStore(),
                        settings.requests().dedupWindow(),
                        settings.text().maxChars(),
                        settings.generation().chunks());
        emitter = new RecordEmitter(output, deadLetters, model.weightsId());
        admission =
                new AdmissionControl(
                        settings.queue(),
                        loop.running(),
                        engine.slots(),
                        getProcessingTimeService(),
                        nanos,
                        this::kick);
        ends = new PendingEnds();
        early =
                new EarlyEvents(
                        settings.requests().maxEarlyEvents(), settings.requests().maxEarlyBytes());
        checkpointed =
                CheckpointingOptions.isCheckpointingEnabled(
                        getContainingTask().getEnvironment().getJobConfiguration());
        steps = new StepScheduler(mailbox, this::step, getOperatorName(), nanos);
        requeueRestored(new RestoredModel(model, settings.snapshots().otherWeights()));
    }

    private void requeueRestored(RestoredModel restored) throws IOException {
        int interrupted = 0;
        for (String id : store.ids()) {
            setCurrentKey(id);
            RequestSnapshot snapshot = store.restored(id);
            if (snapshot.ending() != null) {
                ends.restored(id);
                continue;
            }
            store.save(restored.adapt(snapshot));
            SpeechRequest request = store.load();
            early.add(request.earlyEvents(), request.earlyChars());
            interrupted += request.isInterrupted() ? 1 : 0;
            admission.restored(request);
            if (!request.textComplete()) {
                // Its events may lie in Kafka since long before now; nobody could read them.
                request.awaitEventFrom(timers.now());
                store.save(request.snapshot());
            }
            timers.watch(request);
            if (request.ready(segmenter)) {
                admission.awaitSlot(request);
            }
        }
        speechMetrics.restored(interrupted);
        kick();
    }

    @Override
    public void processElement(StreamRecord<RequestEvent> record) throws Exception {
        RequestEvent event = record.getValue();
        steps.inputSeen();
        setCurrentKey(event.requestId());
        if (store.isFinished() || ends.isClosed(event.requestId())) {
            speechMetrics.droppedFinished();
            reusedIds.dropped(event);
            return;
        }
        SpeechRequest request = find(event.requestId());
        boolean known = request != null;
        if (!known) {
            request =
                    new SpeechRequest(
                            event.requestId(),
                            admission.arrived(),
                            event.timestampMs(),
                            settings.text().maxChars(),
                            settings.generation().chunks());
        }
        if (event.rejection() != null) {
            end(request, FinishReason.ERROR, event.rejection());
        } else if (event.cancel()) {
            end(request, FinishReason.CANCELLED, null);
        } else if (isTurnedAway(request, event, known)) {
            turnAway(request, event);
        } else {
            accept(request, event);
            holdInput();
        }
    }

    /**
     * Returns when there is room again, if need be after a wait in which other mails run, among
     * them those of checkpoints, which have the least priority. So all that a record has to do must
     * be done before, or it would be in no checkpoint; and the current key is another after it.
     * While the task is restored it has to take in all that was on its way to it.
     */
    private void holdInput() throws InterruptedException {
        while (admission.holdsInput() && runningCheck.isRunning(getContainingTask())) {
            timers.inputHeld();
            mailbox.yield();
        }
        timers.inputTaken();
    }

    /** Whether there is no room for a new request, or for one whose tenant is known only now. */
    private boolean isTurnedAway(SpeechRequest request, RequestEvent event, boolean known) {
        boolean starts = event.sequence() == 0 && !request.started();
        return (starts && !admission.hasRoomFor(RequestRules.tenant(event.attributes())))
                || (!known && admission.turnsAway());
    }

    /** The unfinished request of the current key, null if there is none. */
    private SpeechRequest find(String id) {
        SpeechRequest running = loop.running(id);
        return running != null ? running : store.load();
    }

    private void accept(SpeechRequest request, RequestEvent event) {
        int events = request.earlyEvents();
        int chars = request.earlyChars();
        RequestText.Outcome outcome;
        try {
            outcome =
                    request.accept(
                            event.sequence(),
                            event.text(),
                            event.last(),
                            event.attributes(),
                            timers.now());
        } catch (RequestException e) {
            refuse(request, event, e.getMessage());
            return;
        }
        if (outcome == RequestText.Outcome.DROPPED) {
            speechMetrics.droppedDuplicate();
            reusedIds.dropped(event);
            return;
        }
        early.add(request.earlyEvents() - events, request.earlyChars() - chars);
        if (outcome == RequestText.Outcome.HELD && early.exceedBound()) {
            speechMetrics.droppedEarly();
            turnAway(request, event);
            return;
        }
        reusedIds.accepted(event);
        if (event.sequence() == 0) {
            admission.started(request);
        }
        ends.forget(request.id());
        timers.watch(request);
        if (loop.running(request.id()) == null) {
            store.save(request.snapshot());
            if (request.ready(segmenter)) {
                admission.awaitSlot(request);
                kick();
            } else if (request.textComplete()) {
                endUnspoken(request, event);
            }
        }
    }

    /** The text is complete and no segment is left. */
    private void endUnspoken(SpeechRequest request, RequestEvent event) {
        if (request.segment() > 0) {
            end(request, request.outcome(), null);
        } else {
            refuse(request, event, "the text holds nothing that sounds: no letter and no digit");
        }
    }

    private void refuse(SpeechRequest request, RequestEvent event, String error) {
        speechMetrics.deadLetter();
        emitter.deadLetter(event, error);
        end(request, FinishReason.ERROR, error);
    }

    /** Ends a request of the current key, whether it runs, waits or has just come. */
    private void end(SpeechRequest request, FinishReason reason, String error) {
        releaseSlot(request);
        finished(request, reason, error);
    }

    private void releaseSlot(SpeechRequest request) {
        if (loop.running(request.id()) != null) {
            loop.release(request);
        }
    }

    /** Ends the request of the current key as overloaded, in mid-generation if need be. */
    private void turnAway(SpeechRequest request, RequestEvent event) {
        releaseSlot(request);
        leave(request);
        request.endLater(FinishReason.OVERLOADED, event.sequence() == 0 && event.last());
        if (!checkpointed || ends.isFull()) {
            conclude(request);
            return;
        }
        store.save(request.snapshot());
        ends.turnedAway(request.id());
    }

    private void step() {
        endConfirmed();
        endDue();
        admit();
        loop.step();
        kick();
    }

    /** Ends the requests whose time is up. */
    private void endDue() {
        for (String id = timers.nextDue(); id != null; id = timers.nextDue()) {
            setCurrentKey(id);
            SpeechRequest request = find(id);
            boolean busy = loop.running(id) != null || admission.awaitsSlot(id);
            FinishReason reason = timers.judge(request, busy);
            if (reason == FinishReason.EXPIRED && checkpointed) {
                ends.expires(id);
            } else if (reason != null) {
                end(request, reason, null);
            }
        }
        publishOccupancy();
    }

    /** Puts the ends that have fallen due into the state, which is about to be written. */
    private void sealEnds(long checkpointId) {
        for (String id : ends.seal(checkpointId)) {
            setCurrentKey(id);
            SpeechRequest request = store.load();
            leave(request);
            request.endLater(FinishReason.EXPIRED, false);
            store.save(request.snapshot());
        }
    }

    /** Writes ends that a completed checkpoint holds; many take more than one call. */
    private void endConfirmed() {
        for (int i = 0; i < ENDS_AT_ONCE && ends.hasConfirmed(); i++) {
            setCurrentKey(ends.nextConfirmed());
            conclude(store.load());
        }
    }

    /** Writes the end of a request that was to end later. */
    private void conclude(SpeechRequest request) {
        emit(request, request.ending(), null);
        if (request.textComplete()) {
            // Nothing more of it is on its way: its id is not worth its memory under an overload.
            store.forget();
        } else {
            store.finish(request.ending());
        }
    }

    private void emit(SpeechRequest request, FinishReason reason, String error) {
        emitter.end(request, reason, error);
        speechMetrics.finished(reason);
    }

    /** A request takes no more part in anything. */
    private void leave(SpeechRequest request) {
        admission.closed(request);
        timers.forget(request);
        ends.forget(request.id());
        early.add(-request.earlyEvents(), -request.earlyChars());
    }

    private void admit() {
        while (loop.hasFreeSlot()) {
            Ticket next = admission.next();
            if (next == null) {
                return;
            }
            setCurrentKey(next.id());
            loop.admit(store.load(), next.sinceNanos());
        }
    }

    private void publishOccupancy() {
        speechMetrics.occupancy(
                loop.running().size(),
                admission.waiting(),
                admission.open(),
                ends.size(),
                early.count());
    }

    private void kick() {
        publishOccupancy();
        if (hasWork()) {
            steps.kick();
        }
    }

    /** Whether a step would do anything. */
    boolean hasWork() {
        return loop.hasWork() || admission.hasNext() || ends.hasConfirmed();
    }

    @Override
    public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {
        emitter.chunk(request, tokens, globalTokens);
    }

    @Override
    public void finished(SpeechRequest request, FinishReason reason, String error) {
        setCurrentKey(request.id());
        leave(request);
        emit(request, reason, error);
        store.finish(reason);
    }

    @Override
    public void parked(SpeechRequest request) {
        setCurrentKey(request.id());
        request.awaitEventFrom(timers.now());
        store.save(request.snapshot());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        long start = nanos.nanoTime();
        boolean withState = settings.snapshots().mode() == Mode.STATE;
        for (RequestSnapshot request : loop.snapshots(withState)) {
            setCurrentKey(request.id());
            store.save(request);
        }
        sealEnds(context.getCheckpointId());
        speechMetrics.snapshotTaken(nanos.nanoTime() - start);
        super.snapshotState(context);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        ends.confirm(checkpointId);
        endConfirmed();
        kick();
    }

    /**
     * Nothing may be written after the end of the input, and a checkpoint need not come before it:
     * ends that wait for one are written now.
     */
    @Override
    public void endInput() throws Exception {
        while (loop.hasWork() || admission.waiting() > 0) {
            mailbox.yield();
        }
        sealEnds(Long.MAX_VALUE);
        ends.confirm(Long.MAX_VALUE);
        while (ends.hasConfirmed()) {
            endConfirmed();
        }
    }

    @Override
    public void close() throws Exception {
        if (steps != null) {
            steps.close();
        }
        if (engine != null) {
            engine.close();
        }
        super.close();
    }
}
