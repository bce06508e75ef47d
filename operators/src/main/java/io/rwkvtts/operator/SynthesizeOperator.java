package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.SynthesisSettings.SnapshotMode;
import io.rwkvtts.operator.SynthesisSettings.WhenFull;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.PromptBuilder;
import io.rwkvtts.synthesis.Admission;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestException;
import io.rwkvtts.synthesis.RequestQueue;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import io.rwkvtts.synthesis.UtteranceFactory;
import io.rwkvtts.text.Segmenter;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
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
        implements OneInputStreamOperator<RequestEvent, AudioChunk>,
                BoundedOneInput,
                Triggerable<String, VoidNamespace>,
                SpeechOutput {

    private static final long serialVersionUID = 1L;

    private final transient MailboxExecutor mailbox;
    private final EngineFactory engines;
    private final SynthesisSettings settings;
    private final OutputTag<RejectedRecord> deadLetters;

    private transient InferenceEngine engine;
    private transient Segmenter segmenter;
    private transient SynthesisLoop loop;
    private transient Admission admission;
    private transient boolean retryAwaited;
    private transient RequestStore store;
    private transient RestoredModel restored;
    private transient StepTrampoline trampoline;
    private transient RecordEmitter emitter;
    private transient SynthesisMetrics speechMetrics;
    private transient RequestTimers timers;
    private transient long arrivals;
    private transient int openRequests;

    SynthesizeOperator(
            StreamOperatorParameters<AudioChunk> parameters,
            EngineFactory engines,
            SynthesisSettings settings,
            OutputTag<RejectedRecord> deadLetters) {
        super(parameters);
        this.mailbox = parameters.getMailboxExecutor();
        this.engines = engines;
        this.settings = settings;
        this.deadLetters = deadLetters;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        store =
                new RequestStore(
                        getKeyedStateBackend(),
                        context.getKeyedStateStore(),
                        settings.dedupWindow());
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers =
                new RequestTimers(
                        getInternalTimerService("requests", VoidNamespaceSerializer.INSTANCE, this),
                        settings.idleTimeout());
        segmenter = settings.segmenter();
        admission = settings.admission();
        UtteranceFactory utterances;
        try {
            engine = engines.open();
            utterances = openUtterances(engine.model());
        } catch (IOException | IllegalArgumentException e) {
            // Another attempt would find the same files: fail for good, with their names.
            throw new SuppressRestartsException(e);
        }
        EngineModel model = engine.model();
        restored = new RestoredModel(model, settings.otherWeights());
        emitter = new RecordEmitter(output, deadLetters, model.weightsId());
        speechMetrics = new SynthesisMetrics(getMetricGroup(), engine.slots(), model.stateBytes());
        loop =
                new SynthesisLoop(
                        engine,
                        utterances,
                        segmenter,
                        settings.chunks(),
                        settings.prefillChunkTokens(),
                        this,
                        speechMetrics);
        trampoline = new StepTrampoline(mailbox, this::step, getOperatorName());
        requeueRestored();
    }

    private UtteranceFactory openUtterances(EngineModel model) throws IOException {
        WorldTokenizer tokenizer = WorldTokenizer.load(Path.of(settings.vocabulary()));
        IdSpace ids = IdSpace.of(model.vocabRows(), model.headRows(), tokenizer);
        return new UtteranceFactory(
                new PromptBuilder(ids, tokenizer), settings.rules(), settings.capByText());
    }

    private void requeueRestored() throws Exception {
        int interrupted = 0;
        for (String id : store.ids()) {
            setCurrentKey(id);
            RequestSnapshot snapshot = restored.adapt(store.load());
            interrupted += snapshot.utterance() == null ? 0 : 1;
            arrivals = Math.max(arrivals, snapshot.arrival() + 1);
            openRequests++;
            SpeechRequest request = SpeechRequest.restore(snapshot, settings.maxTextChars());
            if (!request.textComplete()) {
                // Its events may lie in Kafka since long before now; nobody could read them.
                request.awaitEventFrom(timers.now());
                store.save(request.snapshot());
            }
            if (request.ready(segmenter)) {
                admission.add(request.ticket());
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
            openRequests++;
            request =
                    new SpeechRequest(
                            event.requestId(),
                            arrivals++,
                            event.timestampMs(),
                            settings.maxTextChars());
        }
        if (event.rejection() != null) {
            end(request, FinishReason.ERROR, event.rejection());
        } else if (event.cancel()) {
            end(request, FinishReason.CANCELLED, null);
        } else if (known || findRoom(event.requestId())) {
            accept(request, event, known);
        } else {
            end(request, FinishReason.OVERLOADED, null);
        }
    }

    /**
     * Room for the new request of the current key: waits for it, or says that there is none. Nobody
     * else touches a key that is not known yet, so nothing changes about it meanwhile.
     */
    private boolean findRoom(String id) throws InterruptedException {
        while (openRequests - loop.running().size() > settings.queueCapacity()) {
            if (settings.whenFull() == WhenFull.REJECT) {
                return false;
            }
            mailbox.yield();
            setCurrentKey(id);
        }
        return true;
    }

    /** The unfinished request of the current key, null if there is none. */
    private SpeechRequest find(String id) throws IOException {
        SpeechRequest running = loop.running(id);
        if (running != null) {
            return running;
        }
        RequestSnapshot snapshot = store.load();
        return snapshot == null ? null : SpeechRequest.restore(snapshot, settings.maxTextChars());
    }

    private void accept(SpeechRequest request, RequestEvent event, boolean known) throws Exception {
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
            reject(event, e.getMessage());
            end(request, FinishReason.ERROR, e.getMessage());
            return;
        }
        if (outcome == RequestText.Outcome.DROPPED) {
            speechMetrics.droppedDuplicate();
            return;
        }
        if (!known && !request.textComplete()) {
            timers.awaitNextEvent(request);
        }
        if (event.sequence() == 0) {
            timers.awaitDeadline(request);
        }
        if (loop.running(request.id()) == null) {
            store.save(request.snapshot());
            if (request.ready(segmenter)) {
                admission.add(request.ticket());
                kick();
            } else if (request.textComplete()) {
                endUnspoken(request, event);
            }
        }
    }

    /** The text is complete and no segment is left. */
    private void endUnspoken(SpeechRequest request, RequestEvent event) throws IOException {
        if (request.segment() > 0) {
            end(request, request.outcome(), null);
        } else {
            String error = "the text holds nothing to speak: no letter and no digit";
            reject(event, error);
            end(request, FinishReason.ERROR, error);
        }
    }

    private void reject(RequestEvent event, String detail) {
        speechMetrics.deadLetter();
        emitter.deadLetter(event, detail);
    }

    /** Ends a request of the current key, whether it runs, waits or has just come. */
    private void end(SpeechRequest request, FinishReason reason, String error) throws IOException {
        if (loop.running(request.id()) != null) {
            loop.release(request);
        }
        admission.remove(request.id());
        finished(request, reason, error);
    }

    private void step() throws Exception {
        admit();
        loop.step();
        kick();
    }

    private void admit() throws IOException {
        long now = System.nanoTime();
        while (loop.hasFreeSlot() && admission.waiting() > 0) {
            RequestQueue.Ticket next = admission.next(now);
            if (next == null) {
                awaitRetry();
                return;
            }
            setCurrentKey(next.id());
            RequestSnapshot snapshot = restored.adapt(store.load());
            loop.admit(SpeechRequest.restore(snapshot, settings.maxTextChars()), next.sinceNanos());
        }
    }

    private void awaitRetry() {
        if (!retryAwaited) {
            retryAwaited = true;
            long delay = TimeUnit.NANOSECONDS.toMillis(admission.retryNanos()) + 1;
            getProcessingTimeService().registerTimer(timers.now() + delay, time -> retry());
        }
    }

    private void retry() {
        retryAwaited = false;
        admission.retry();
        kick();
    }

    private void kick() {
        speechMetrics.occupancy(loop.running().size(), admission.waiting(), openRequests);
        if (hasWork()) {
            trampoline.kick();
        }
    }

    /** Whether a step would do anything. */
    boolean hasWork() {
        return loop.hasWork() || (admission.waiting() > 0 && !admission.held());
    }

    @Override
    public void chunk(SpeechRequest request, int[] tokens, int[] globalTokens) {
        emitter.chunk(request, tokens, globalTokens);
    }

    @Override
    public void finished(SpeechRequest request, FinishReason reason, String error) {
        emitter.end(request, reason, error);
        speechMetrics.finished(reason);
        openRequests--;
        setCurrentKey(request.id());
        timers.forget(request);
        try {
            store.finish(reason);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void parked(SpeechRequest request) {
        setCurrentKey(request.id());
        request.awaitEventFrom(timers.now());
        try {
            store.save(request.snapshot());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        SpeechRequest request = find(timer.getKey());
        if (request == null) {
            return;
        }
        boolean busy = loop.running(request.id()) != null || admission.waits(request.id());
        FinishReason reason = timers.due(request, busy, timer.getTimestamp());
        if (reason != null) {
            end(request, reason, null);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("the job registers no event-time timers");
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
        while (loop.hasWork() || admission.waiting() > 0) {
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
