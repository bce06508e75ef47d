package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineThread;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.scheduling.TenantLimits;
import io.rwkvtts.synthesis.RequestSnapshot;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * One subtask of {@link SynthesizeOperator} on a scripted engine, in Flink's operator harness: the
 * test decides when a step runs.
 */
final class SynthesizeHarness implements AutoCloseable {

    static final int MAX_PARALLELISM = 16;
    static final String ENGINE_THREAD = "engine-of-a-test";
    private static final long PREFIX_CACHE_BYTES = 10_000;
    private static final int CHECKPOINT_BYTES = 64 << 20;
    static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration FIRST_CHUNK_OBJECTIVE = Duration.ofMinutes(1);
    static final Duration DEDUP_WINDOW = Duration.ofHours(1);

    static final OutputTag<RejectedRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(RejectedRecord.class));

    private final KeyedOneInputStreamOperatorTestHarness<String, RequestEvent, TokenChunk> harness;
    private final ManualNanoClock nanos;
    private long checkpointId;

    /** How a task is set up; the defaults suit most tests. */
    static final class Builder {
        private final Configuration config = new Configuration();
        private EngineFactory engines = gpus -> scripted(4);
        private long startAtMs;
        private boolean checkpointed = true;
        private int parallelism = 1;
        private int subtask;
        private OperatorSubtaskState state;
        private ControlLog.Opener control;

        Builder() {
            set(GenerationSettings.MAX_SEMANTIC_TOKENS, 80);
            set(PrefillSettings.CHUNK_TOKENS, 16);
            set(PrefillSettings.PREFIX_CACHE_SIZE, new MemorySize(PREFIX_CACHE_BYTES));
            set(RequestSettings.FIRST_CHUNK_OBJECTIVE, FIRST_CHUNK_OBJECTIVE);
            set(RequestSettings.IDLE_TIMEOUT, IDLE_TIMEOUT);
            set(RequestSettings.DEDUP_WINDOW, DEDUP_WINDOW);
            set(RequestSettings.EARLY_EVENTS_MAX_SIZE, MemorySize.ofMebiBytes(1));
        }

        <T> Builder set(ConfigOption<T> option, T value) {
            config.set(option, value);
            return this;
        }

        Builder engine(EngineFactory factory) {
            engines = factory;
            return this;
        }

        /** The scripted engine with that many slots. */
        Builder slots(int count) {
            return engine(gpus -> scripted(count));
        }

        Builder maxTextChars(int chars) {
            return set(TextSettings.MAX_CHARS, chars);
        }

        Builder queueCapacity(int requests) {
            return set(QueueSettings.CAPACITY, requests);
        }

        Builder maxSemanticTokens(int tokens) {
            return set(GenerationSettings.MAX_SEMANTIC_TOKENS, tokens);
        }

        Builder chunks(int firstTokens, int tokens) {
            return set(GenerationSettings.CHUNK_FIRST_TOKENS, firstTokens)
                    .set(GenerationSettings.CHUNK_TOKENS, tokens);
        }

        Builder rejectWhenFull() {
            return set(QueueSettings.WHEN_FULL, QueueSettings.WhenFull.REJECT);
        }

        /** One request at once, that many a second, and any number that wait. */
        Builder tenantRequestsPerSecond(double requests) {
            return tenants(requests, TenantLimits.UNLIMITED);
        }

        Builder tenants(double requestsPerSecond, int queueCapacity) {
            return set(QueueSettings.TENANT_REQUESTS_PER_SECOND, requestsPerSecond)
                    .set(QueueSettings.TENANT_BURST, 1)
                    .set(QueueSettings.TENANT_QUEUE_CAPACITY, queueCapacity);
        }

        Builder maxEarlyEvents(int events) {
            return set(RequestSettings.EARLY_EVENTS_MAX_COUNT, events);
        }

        Builder maxEarlyBytes(long bytes) {
            return set(RequestSettings.EARLY_EVENTS_MAX_SIZE, new MemorySize(bytes));
        }

        /** A job that takes no checkpoints. */
        Builder withoutCheckpoints() {
            checkpointed = false;
            return this;
        }

        Builder snapshots(SnapshotSettings.Mode mode) {
            return set(SnapshotSettings.MODE, mode);
        }

        Builder recomputeForOtherWeights() {
            return set(SnapshotSettings.OTHER_WEIGHTS, SnapshotSettings.OtherWeights.RECOMPUTE);
        }

        Builder prefillChunkTokens(int tokens) {
            return set(PrefillSettings.CHUNK_TOKENS, tokens);
        }

        /** With a control topic. */
        Builder control(ControlLog.Opener log) {
            control = log;
            return this;
        }

        Builder startAt(long epochMs) {
            startAtMs = epochMs;
            return this;
        }

        Builder subtask(int number, int of) {
            subtask = number;
            parallelism = of;
            return this;
        }

        /** Restores what the only subtask of the former job left. */
        Builder restore(OperatorSubtaskState snapshot) {
            return restore(snapshot, 1);
        }

        Builder restore(OperatorSubtaskState snapshot, int formerParallelism) {
            state =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            snapshot, MAX_PARALLELISM, formerParallelism, parallelism, subtask);
            return this;
        }

        SynthesizeHarness open() throws Exception {
            SynthesisSettings settings =
                    SynthesisSettings.from(config, Path.of(resource("vectors/mini_vocab.txt")), 0);
            ManualNanoClock nanos = new ManualNanoClock();
            KeyedOneInputStreamOperatorTestHarness<String, RequestEvent, TokenChunk> harness =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new SynthesizeOperatorFactory(
                                    engines,
                                    settings,
                                    control == null
                                            ? null
                                            : new ControlSettings(
                                                    control, SwitchableSettings.from(config, 0)),
                                    DEAD_LETTERS,
                                    nanos,
                                    task -> true),
                            RequestEvent::requestId,
                            Types.STRING,
                            MAX_PARALLELISM,
                            parallelism,
                            subtask);
            harness.setCheckpointStorage(new JobManagerCheckpointStorage(CHECKPOINT_BYTES));
            harness.setup(
                    TypeInformation.of(TokenChunk.class)
                            .createSerializer(harness.getExecutionConfig().getSerializerConfig()));
            harness.setProcessingTime(startAtMs);
            nanos.setMs(startAtMs);
            if (checkpointed) {
                harness.getEnvironment()
                        .getJobConfiguration()
                        .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(5));
            }
            if (state != null) {
                harness.initializeState(state);
            }
            harness.open();
            return new SynthesizeHarness(harness, nanos);
        }
    }

    private SynthesizeHarness(
            KeyedOneInputStreamOperatorTestHarness<String, RequestEvent, TokenChunk> harness,
            ManualNanoClock nanos) {
        this.harness = harness;
        this.nanos = nanos;
    }

    static SynthesizeHarness open() throws Exception {
        return new Builder().open();
    }

    /** What requests emit that come one after the other, each alone. */
    static Map<String, List<String>> undisturbed(List<RequestEvent> events) throws Exception {
        try (SynthesizeHarness task = open()) {
            for (RequestEvent event : events) {
                task.process(event);
                task.drain();
            }
            return task.speech();
        }
    }

    /** An engine with a thread of its own. */
    static EngineFactory threaded(Callable<InferenceEngine> opener) {
        return gpus -> {
            try {
                return EngineThread.open(ENGINE_THREAD, opener, () -> {});
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        };
    }

    /** An engine whose sequences end after 1 to 90 tokens, as their prompts have it. */
    static InferenceEngine scripted(int slots) {
        return scripted(slots, ScriptedEngine.model(12_686, 8193));
    }

    static InferenceEngine scripted(int slots, EngineModel model) {
        return new ScriptedEngine(model, slots)
                .endAfter(prompt -> 1 + (int) Math.floorMod(prompt, 90L));
    }

    static String resource(String name) {
        try {
            return new File(SynthesizeHarness.class.getClassLoader().getResource(name).toURI())
                    .getPath();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    void process(RequestEvent event) throws Exception {
        harness.processElement(event, event.timestampMs());
    }

    /** Runs up to {@code count} steps, fewer if the work is done. */
    void steps(int count) throws Exception {
        for (int i = 0; i < count && operator().hasWork(); i++) {
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
        }
    }

    /** Runs mails as they come until something holds. */
    void runUntil(BooleanSupplier condition) throws Exception {
        while (!condition.getAsBoolean()) {
            Optional<Mail> mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
            if (mail.isPresent()) {
                mail.get().run();
            } else {
                LockSupport.parkNanos(100_000);
            }
        }
    }

    /** Runs the mail that comes next, however long that takes. */
    void runMail() throws Exception {
        harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
    }

    void drain() throws Exception {
        steps(Integer.MAX_VALUE);
    }

    /**
     * What Flink does in a task whose source has stopped for a savepoint, before it reads the
     * barrier: runs mails until none is left, but for those of less priority than the operator's
     * own, which is 0 for the first of a chain.
     */
    void runOwnMails() {
        MailboxExecutor own =
                new MailboxExecutorImpl(
                        harness.getTaskMailbox(), 0, StreamTaskActionExecutor.IMMEDIATE);
        while (own.tryYield()) {}
    }

    /** Time passes when the task next takes a mail. */
    void elapseLater(long epochMs) {
        new MailboxExecutorImpl(
                        harness.getTaskMailbox(),
                        TaskMailbox.MIN_PRIORITY,
                        StreamTaskActionExecutor.IMMEDIATE)
                .execute(() -> setTime(epochMs), "time passes");
    }

    boolean busy() {
        return operator().hasWork();
    }

    private SynthesizeOperator operator() {
        return (SynthesizeOperator) harness.getOperator();
    }

    void setTime(long epochMs) throws Exception {
        nanos.setMs(epochMs);
        harness.setProcessingTime(epochMs);
        harness.setStateTtlProcessingTime(epochMs);
    }

    /** Time passes during a step of the engine. */
    void elapse(long epochMs) {
        try {
            setTime(epochMs);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The task's part in the next checkpoint, of which it hears no more. */
    OperatorSubtaskState snapshot() throws Exception {
        checkpointId++;
        harness.prepareSnapshotPreBarrier(checkpointId);
        return harness.snapshot(checkpointId, 1);
    }

    /** The latest checkpoint of which this task took a snapshot has completed. */
    void complete() throws Exception {
        complete(checkpointId);
    }

    /** A checkpoint has completed; they count from 1. */
    void complete(long checkpoint) throws Exception {
        harness.notifyOfCompletedCheckpoint(checkpoint);
    }

    /** A checkpoint from its snapshot to its completion. */
    OperatorSubtaskState checkpoint() throws Exception {
        OperatorSubtaskState state = snapshot();
        complete();
        return state;
    }

    void endInput() throws Exception {
        harness.endInput();
    }

    /** Timers of the task that are set. */
    int timers() {
        return harness.getProcessingTimeService().getNumActiveTimers();
    }

    /** Requests of which a record went in, or which wait to, and no end came out. */
    int unfinished() {
        return harness.numKeyedStateEntries() - ended();
    }

    private int ended() {
        return (int) chunks().stream().filter(chunk -> chunk.finishReason() != null).count();
    }

    /** Events that the state of all requests holds for an earlier one to come. */
    int earlyEvents() throws Exception {
        KeyedStateBackend<String> backend = operator().getKeyedStateBackend();
        int events = 0;
        for (String id : backend.getKeys("requests", VoidNamespace.INSTANCE).toList()) {
            backend.setCurrentKey(id);
            ValueState<RequestSnapshot> request =
                    backend.getPartitionedState(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            new ValueStateDescriptor<>(
                                    "requests", new RequestSnapshotSerializer()));
            events += request.value().text().held().size();
        }
        return events;
    }

    int storedRequests() {
        return harness.numKeyedStateEntries();
    }

    /** Numbers of tokens of a request's records, in their order, without the last that has none. */
    List<Integer> borders(String id) {
        return chunks().stream()
                .filter(chunk -> chunk.requestId().equals(id) && chunk.finishReason() == null)
                .map(chunk -> chunk.tokens().length)
                .toList();
    }

    List<TokenChunk> chunks() {
        return harness.extractOutputValues();
    }

    /** How a request ended, as often as it did. */
    List<String> finishReasons(String id) {
        return chunks().stream()
                .filter(chunk -> chunk.requestId().equals(id) && chunk.finishReason() != null)
                .map(TokenChunk::finishReason)
                .toList();
    }

    List<RejectedRecord> deadLetters() {
        var letters = harness.getSideOutput(DEAD_LETTERS);
        return letters == null ? List.of() : letters.stream().map(StreamRecord::getValue).toList();
    }

    /** The records of each request without their timings, in the order of their output. */
    Map<String, List<String>> speech() {
        Map<String, List<String>> speech = new LinkedHashMap<>();
        append(speech);
        return speech;
    }

    /** Appends the records of this task to those of its predecessors. */
    void append(Map<String, List<String>> speech) {
        for (TokenChunk chunk : chunks()) {
            speech.computeIfAbsent(chunk.requestId(), id -> new ArrayList<>()).add(describe(chunk));
        }
    }

    static String describe(TokenChunk chunk) {
        return String.format(
                "#%d segment %d +%d %s %s %s %s",
                chunk.position().sequence(),
                chunk.position().segment(),
                chunk.position().tokenOffset(),
                java.util.Arrays.toString(chunk.tokens()),
                java.util.Arrays.toString(chunk.globalTokens()),
                chunk.modelId(),
                chunk.finishReason());
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
