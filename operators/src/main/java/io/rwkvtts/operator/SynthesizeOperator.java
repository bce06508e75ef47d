package io.rwkvtts.operator;

import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.operator.SnapshotSettings.Mode;
import io.rwkvtts.scheduling.NanoClock;
import io.rwkvtts.scheduling.Ticket;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.SegmentLimits;
import io.rwkvtts.synthesis.SpeechOutput;
import io.rwkvtts.synthesis.SpeechRequest;
import io.rwkvtts.synthesis.SynthesisLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
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
 * <p>A thin shell: it gives the {@link SynthesisLoop} keyed state, mails, timers and outputs, and
 * events to {@link OpenRequests}. All of it runs on the task thread; only the computation of an
 * engine that has a thread of its own runs there ({@link DeviceSteps}).
 */
final class SynthesizeOperator extends AbstractStreamOperator<TokenChunk>
        implements OneInputStreamOperator<RequestEvent, TokenChunk>, BoundedOneInput, SpeechOutput {

    private static final long serialVersionUID = 1L;

    /** After the end of the input, the terms of requests are awaited for no longer. */
    private static final Duration AWAIT_TERMS = Duration.ofSeconds(30);

    private static final String UNDECIDED =
            "the input has ended, and the control topic cannot be read, which says how the request is generated";

    private final transient MailboxExecutor mailbox;
    private final EngineFactory engines;
    private final SynthesisSettings settings;
    private final ControlSettings control;
    private final OutputTag<RejectedRecord> deadLetters;
    private final NanoClock nanos;
    private final RunningCheck runningCheck;

    private transient EngineLease lease;
    private transient InferenceEngine engine;
    private transient SynthesisLoop loop;
    private transient AdmissionControl admission;
    private transient RequestStore store;
    private transient StepScheduler steps;
    private transient StepRunner runner;
    private transient RecordEmitter emitter;
    private transient SynthesisMetrics speechMetrics;
    private transient RequestTimers timers;
    private transient EarlyEvents early;
    private transient RequestEnds ends;
    private transient OpenRequests requests;
    private transient ControlReader controlReader;
    private transient ControlMetrics controlMetrics;
    private transient DegradePlan degrade;

    /**
     * @param control null for a job whose options do not change while it runs
     */
    SynthesizeOperator(
            StreamOperatorParameters<TokenChunk> parameters,
            EngineFactory engines,
            SynthesisSettings settings,
            ControlSettings control,
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
        this.control = control;
        this.nanos = nanos;
        this.runningCheck = runningCheck;
        this.deadLetters = deadLetters;
    }

    @Override
    public void open() throws Exception {
        super.open();
        LogLevels.set(Optional.ofNullable(settings.logLevel()));
        openLoop();
        timers =
                new RequestTimers(
                        getProcessingTimeService(),
                        settings.requests().idleTimeout(),
                        this::endDue);
        store =
                new RequestStore(
                        getKeyedStateBackend(),
                        getKeyedStateStore(),
                        settings,
                        control != null || settings.degrade().isOn());
        emitter = new RecordEmitter(output, deadLetters, engine.model().weightsId(), speechMetrics);
        admission =
                new AdmissionControl(
                        settings.queue(),
                        loop.running(),
                        engine.slots(),
                        getProcessingTimeService(),
                        nanos,
                        this::kick);
        early =
                new EarlyEvents(
                        settings.requests().maxEarlyEvents(), settings.requests().maxEarlyBytes());
        boolean checkpointed =
                CheckpointingOptions.isCheckpointingEnabled(
                        getContainingTask().getEnvironment().getJobConfiguration());
        ends = new RequestEnds(store, loop, admission, timers, early, emitter, checkpointed);
        requests =
                new OpenRequests(
                        store,
                        loop,
                        admission,
                        timers,
                        early,
                        ends,
                        underLoad(openControl()),
                        speechMetrics);
        runner =
                engine.ownThread()
                        .<StepRunner>map(
                                thread ->
                                        new DeviceSteps(
                                                loop,
                                                thread,
                                                mailbox,
                                                this::kick,
                                                speechMetrics.deviceBusy()))
                        .orElseGet(() -> new InlineSteps(loop, this::kick));
        steps = new StepScheduler(mailbox, this::step, getOperatorName(), nanos);
        requests.restore(new RestoredModel(engine.model(), settings.snapshots().otherWeights()));
        kick();
    }

    /** Reads what the control topic holds, and goes on reading it beside the task. */
    private TermsPolicy openControl() throws Exception {
        if (control == null) {
            RequestTerms configured = RequestTerms.configured(settings.generation().chunks());
            return (id, timestampMs, nowMs) -> configured;
        }
        controlMetrics = new ControlMetrics(getMetricGroup());
        Switchboard switches =
                new Switchboard(
                        new ControlRules(control.switchable()),
                        new SwitchState(getOperatorStateBackend()),
                        new LiveSettings(control.switchable(), admission, loop),
                        controlMetrics,
                        nanos);
        ControlLog log = control.log().open(switches.position());
        try {
            switches.catchUp(log);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
        controlReader =
                new ControlReader(
                        log,
                        mailbox,
                        batch -> {
                            switches.take(batch);
                            requests.decideTerms();
                            kick();
                        },
                        getOperatorName());
        return switches;
    }

    private TermsPolicy underLoad(TermsPolicy usual) {
        if (!settings.degrade().isOn()) {
            return usual;
        }
        GenerationSettings generation = settings.generation();
        DegradeMetrics metrics = new DegradeMetrics(getMetricGroup());
        degrade =
                new DegradePlan(
                        usual,
                        new SegmentLimits(generation.limits(), generation.capByText()),
                        settings.degrade(),
                        admission::waiting,
                        speechMetrics::missedFirstChunks,
                        metrics);
        return degrade;
    }

    private void openLoop() throws Exception {
        try {
            lease = EngineLease.open(engines, getRuntimeContext());
            engine = lease.engine();
            speechMetrics =
                    new SynthesisMetrics(
                            getMetricGroup(),
                            engine.slots(),
                            engine.model().stateBytes(),
                            engine.deviceBytes(),
                            settings.requests().firstChunkObjective(),
                            nanos);
            loop = settings.loop(engine, this, speechMetrics, nanos);
        } catch (IOException | IllegalArgumentException e) {
            throw StartFailure.of(e);
        }
    }

    @Override
    public void processElement(StreamRecord<RequestEvent> record) throws Exception {
        steps.inputSeen();
        if (requests.take(record.getValue())) {
            kick();
            holdInput();
        }
    }

    /**
     * Returns when there is room again, if need be after a wait in which other mails run, among
     * them those of checkpoints, which have the least priority. So all that a record has to do must
     * be done before, or it would be in no checkpoint. While the task is restored it has to take in
     * all that was on its way to it.
     */
    private void holdInput() throws InterruptedException {
        while (admission.holdsInput() && runningCheck.isRunning(getContainingTask())) {
            timers.inputHeld();
            mailbox.yield();
        }
        timers.inputTaken();
    }

    private void step() throws Exception {
        ends.writeConfirmed();
        endDue();
        admit();
        runner.step();
    }

    private void endDue() {
        requests.endDue();
        publishOccupancy();
    }

    private void admit() {
        while (loop.hasFreeSlot()) {
            Ticket next = admission.next();
            if (next == null) {
                return;
            }
            loop.admit(store.load(next.id()), next.sinceNanos());
        }
    }

    private void publishOccupancy() {
        speechMetrics.occupancy(
                loop.running().size(),
                admission.waiting(),
                admission.open(),
                ends.waiting(),
                early.count());
        if (controlMetrics != null) {
            controlMetrics.awaitingTerms(admission.undecided());
        }
        if (degrade != null) {
            degrade.publish();
        }
    }

    /**
     * Makes sure that there is a step if there is work; one that is under way is followed by it.
     */
    private void kick() {
        publishOccupancy();
        if (hasWork() && !runner.running()) {
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
        ends.finished(request, reason, error);
    }

    @Override
    public void parked(SpeechRequest request) {
        requests.parked(request);
    }

    /** Records may still be written here, before the barrier of the checkpoint. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        runner.settle();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        long start = nanos.nanoTime();
        boolean withState = settings.snapshots().mode() == Mode.STATE;
        loop.snapshots(withState).forEach(store::save);
        ends.seal(context.getCheckpointId());
        speechMetrics.snapshotTaken(nanos.nanoTime() - start);
        super.snapshotState(context);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        ends.confirm(checkpointId);
        ends.writeConfirmed();
        kick();
    }

    /**
     * Nothing may be written after the end of the input, and a checkpoint need not come before it:
     * ends that wait for one are written now. A control topic that cannot be read does not hold up
     * the end for ever.
     */
    @Override
    public void endInput() throws Exception {
        long nowMs = getProcessingTimeService().getCurrentProcessingTime();
        ScheduledFuture<?> giveUp =
                getProcessingTimeService()
                        .registerTimer(nowMs + AWAIT_TERMS.toMillis(), time -> endUndecided());
        while (loop.hasWork() || admission.waiting() > 0 || !admission.awaitingTerms().isEmpty()) {
            mailbox.yield();
        }
        giveUp.cancel(false);
        ends.writeAll();
    }

    /**
     * Ends the requests whose terms cannot be known. Other terms than those that a replay would
     * decide could give two versions of one request.
     */
    private void endUndecided() {
        for (String id : admission.awaitingTerms()) {
            ends.end(store.load(id), FinishReason.ERROR, UNDECIDED);
        }
    }

    @Override
    public void close() throws Exception {
        if (controlReader != null) {
            controlReader.close();
        }
        if (steps != null) {
            steps.close();
        }
        if (lease != null) {
            lease.close();
        }
        super.close();
    }
}
