package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.SynthesisSettings.SnapshotMode;
import io.rwkvtts.scheduling.Ticket;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestException;
import io.rwkvtts.synthesis.RequestRules;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.text.Segmenter;
import java.io.IOException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.util.OutputTag;

/**
 * Speaks requests: text events in, keyed by request id, chunks of audio tokens out.
 *
 * <p>Recovery contract: an event is in keyed state when {@code processElement} returns; a request
 * in mid-speech is written there at every checkpoint with the bits of its recurrent state and goes
 * on from there after a restore or on another subtask after a rescale, with the very same tokens
 * and the same output records.
 *
 * <p>A thin shell: it gives the {@link SynthesisLoop} keys, mails, timers and outputs. All of it
 * runs on the task thread. After a mail or a {@code yield} the current key is somebody else's, so
 * every entry sets it first.
 */
final class SynthesizeOperator extends AbstractStreamOperator<AudioChunk>
        implements OneInputStreamOperator<RequestEvent, AudioChunk>, BoundedOneInput, SpeechOutput {

    private static final long serialVersionUID = 1L;

    private final transient MailboxExecutor mailbox;
    private final EngineFactory engines;
    private final SynthesisSettings settings;
    private final OutputTag<RejectedRecord> deadLetters;

    private transient InferenceEngine engine;
    private transient Segmenter segmenter;
    private transient SynthesisLoop loop;
    private transient WaitingRoom room;
    private transient RequestStore store;
    private transient StepTrampoline trampoline;
    private transient RecordEmitter emitter;
    private transient SynthesisMetrics speechMetrics;
    private transient RequestTimers timers;

    SynthesizeOperator(
            StreamOperatorParameters<AudioChunk> parameters,
            EngineFactory engines,
            SynthesisSettings settings,
            OutputTag<RejectedRecord> deadLetters) {
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
        this.deadLetters = deadLetters;
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers =
                new RequestTimers(getProcessingTimeService(), settings.idleTimeout(), this::endDue);
        segmenter = settings.segmenter();
        try {
            engine = engines.open();
            speechMetrics =
                    new SynthesisMetrics(
                            getMetricGroup(),
                            engine.slots(),
                            engine.model().stateBytes(),
                            settings.firstChunkObjective());
            loop = settings.loop(engine, this, speechMetrics);
        } catch (IOException | IllegalArgumentException e) {
            // Another attempt would find the same files: fail for good, with their names.
            throw new SuppressRestartsException(e);
        }
        EngineModel model = engine.model();
        store =
                new RequestStore(
                        getKeyedStateBackend(),
                        getKeyedStateStore(),
                        settings.dedupWindow(),
                        settings.maxTextChars());
        emitter = new RecordEmitter(output, deadLetters, model.weightsId());
        room =
                new WaitingRoom(
                        settings,
                        loop.running(),
                        engine.slots(),
                        getProcessingTimeService(),
                        this::kick);
        trampoline = new StepTrampoline(mailbox, this::step, getOperatorName());
        requeueRestored(new RestoredModel(model, settings.otherWeights()));
    }

    private void requeueRestored(RestoredModel restored) throws IOException {
        int interrupted = 0;
        for (String id : store.ids()) {
            setCurrentKey(id);
            store.save(restored.adapt(store.restored(id)));
            SpeechRequest request = store.load();
            interrupted += request.isInterrupted() ? 1 : 0;
            room.restored(request);
            if (!request.textComplete()) {
                // Its events may lie in Kafka since long before now; nobody could read them.
                request.awaitEventFrom(timers.now());
                store.save(request.snapshot());
            }
            timers.watch(request);
            if (request.ready(segmenter)) {
                room.awaitSlot(request);
            }
        }
        speechMetrics.restored(interrupted);
        kick();
    }

    @Override
    public void processElement(StreamRecord<RequestEvent> record) throws Exception {
        RequestEvent event = record.getValue();
        trampoline.inputSeen();
        setCurrentKey(event.requestId());
        if (store.isFinished()) {
            speechMetrics.droppedFinished();
            return;
        }
        SpeechRequest request = find(event.requestId());
        boolean known = request != null;
        if (!known) {
            request =
                    new SpeechRequest(
                            event.requestId(),
                            room.arrived(),
                            event.timestampMs(),
                            settings.maxTextChars());
        }
        if (event.rejection() != null) {
            end(request, FinishReason.ERROR, event.rejection());
        } else if (event.cancel()) {
            end(request, FinishReason.CANCELLED, null);
        } else if (isTurnedAway(request, event, known)) {
            end(request, FinishReason.OVERLOADED, null);
            if (event.sequence() == 0 && event.last()) {
                // Nothing more of it is on its way: not worth its memory under an overload.
                store.forgetFinished();
            }
        } else {
            accept(request, event);
            holdInput();
        }
    }

    /**
     * Returns when there is room again, if need be after a wait in which other mails run, among
     * them those of checkpoints, which have the least priority. So all that a record has to do must
     * be done before, or it would be in no checkpoint; and the current key is another behind it.
     * While the task is restored it has to take in all that was on its way to it.
     */
    private void holdInput() throws InterruptedException {
        while (room.holdsInput() && getContainingTask().isRunning()) {
            timers.inputHeld();
            mailbox.yield();
        }
        timers.inputTaken();
    }

    /** Whether there is no room for a new request, or for one whose tenant is known only now. */
    private boolean isTurnedAway(SpeechRequest request, RequestEvent event, boolean known) {
        boolean starts = event.sequence() == 0 && !request.started();
        return (starts && !room.hasRoomFor(RequestRules.tenant(event.attributes())))
                || (!known && room.turnsAway());
    }

    /** The unfinished request of the current key, null if there is none. */
    private SpeechRequest find(String id) {
        SpeechRequest running = loop.running(id);
        return running != null ? running : store.load();
    }

    private void accept(SpeechRequest request, RequestEvent event) {
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
            return;
        }
        if (event.sequence() == 0) {
            room.started(request);
        }
        timers.watch(request);
        if (loop.running(request.id()) == null) {
            store.save(request.snapshot());
            if (request.ready(segmenter)) {
                room.awaitSlot(request);
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
            refuse(request, event, "the text holds nothing to speak: no letter and no digit");
        }
    }

    private void refuse(SpeechRequest request, RequestEvent event, String error) {
        speechMetrics.deadLetter();
        emitter.deadLetter(event, error);
        end(request, FinishReason.ERROR, error);
    }

    /** Ends a request of the current key, whether it runs, waits or has just come. */
    private void end(SpeechRequest request, FinishReason reason, String error) {
        if (loop.running(request.id()) != null) {
            loop.release(request);
        }
        finished(request, reason, error);
    }

    private void step() {
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
            boolean busy = loop.running(id) != null || room.awaitsSlot(id);
            FinishReason reason = timers.judge(request, busy);
            if (reason != null) {
                end(request, reason, null);
            }
        }
        speechMetrics.occupancy(loop.running().size(), room.waiting(), room.open());
    }

    private void admit() {
        while (loop.hasFreeSlot()) {
            Ticket next = room.next();
            if (next == null) {
                return;
            }
            setCurrentKey(next.id());
            loop.admit(store.load(), next.sinceNanos());
        }
    }

    private void kick() {
        speechMetrics.occupancy(loop.running().size(), room.waiting(), room.open());
        if (hasWork()) {
            trampoline.kick();
        }
    }

    /** Whether a step would do anything. */
    boolean hasWork() {
        return loop.hasWork() || room.hasNext();
    }

    @Override
    public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {
        emitter.chunk(request, tokens, globalTokens);
    }

    @Override
    public void finished(SpeechRequest request, FinishReason reason, String error) {
        emitter.end(request, reason, error);
        speechMetrics.finished(reason);
        room.closed(request);
        setCurrentKey(request.id());
        timers.forget(request);
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
        long start = System.nanoTime();
        boolean withState = settings.snapshotMode() == SnapshotMode.STATE;
        for (SpeechRequest request : loop.running()) {
            setCurrentKey(request.id());
            store.save(loop.snapshot(request, withState));
        }
        speechMetrics.snapshotTaken(System.nanoTime() - start);
        super.snapshotState(context);
    }

    @Override
    public void endInput() throws Exception {
        while (loop.hasWork() || room.waiting() > 0) {
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        if (trampoline != null) {
            trampoline.close();
        }
        if (engine != null) {
            engine.close();
        }
        super.close();
    }
}
