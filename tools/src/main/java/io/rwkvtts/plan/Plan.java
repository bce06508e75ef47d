package io.rwkvtts.plan;

import io.rwkvtts.protocol.GenerationLimits;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a number of listeners takes. A machine is one like that of the measurements, and has one
 * TaskManager with one slot of Flink and one engine.
 *
 * @param listeners who hear speech at once
 * @param engine what one engine bears
 * @param machines with an engine each: also the parallelism of all jobs together
 * @param jobs of at most {@link Limits#subtasksPerJob} engines
 * @param parallelism of each job
 * @param requestsPerSecond of all
 * @param tokensPerSecond semantic tokens of all
 * @param memoryBytes of the process on each machine
 * @param requestBytesPerSecond into the topic of requests
 * @param tokenRecordsPerSecond into the topic of tokens
 * @param tokenBytesPerSecond into the topic of tokens
 * @param partitions of each topic of a job
 * @param checkpointBytes of a checkpoint of all jobs together
 * @param checkpointBytesPerSecond the same by the interval
 * @param breaks what is full at how many listeners, the first first
 */
public record Plan(
        int listeners,
        EngineLoad engine,
        int machines,
        int jobs,
        int parallelism,
        double requestsPerSecond,
        double tokensPerSecond,
        double memoryBytes,
        double requestBytesPerSecond,
        double tokenRecordsPerSecond,
        double tokenBytesPerSecond,
        int partitions,
        double checkpointBytes,
        double checkpointBytesPerSecond,
        List<Breaking> breaks) {

    /** Enough for a small job to be spread later. */
    private static final int FEWEST_PARTITIONS = 32;

    private static final double BYTES_PER_SECOND_OF_PARTITION = 1e6;
    private static final double TOKENS_PER_SECOND = 1e9 / GenerationLimits.NANOS_PER_TOKEN;

    /** Multiplies. */
    public static Plan of(
            int listeners, EngineLoad engine, Texts texts, ModelMemory memory, Limits limits) {
        int machines = (int) Math.ceil(listeners / engine.listeners());
        int jobs = (int) Math.ceil((double) machines / limits.subtasksPerJob());
        double requests = listeners / texts.meanSpeechSeconds();
        KafkaLoad kafka = KafkaLoad.of(texts);
        double tokenBytes = requests * kafka.tokenBytes();
        double running = engine.result().meanRunning() * listeners / engine.listeners();
        double checkpoint = running * memory.stateBytes();
        double checkpointRate = checkpoint / limits.checkpointSeconds();
        double need = memory.processBytes().applyAsLong(engine.slots());
        double perSlot = memory.processBytes().applyAsLong(engine.slots() + 1) - need;
        double slotsThatFit = engine.slots() + (limits.machineBytes() - need) / perSlot;
        List<Breaking> breaks =
                Stream.of(
                                new Breaking(
                                        "processors of one machine",
                                        engine.listeners(),
                                        "another machine, tts.parallelism one more"),
                                new Breaking(
                                        "memory of one machine, %,.0f MB"
                                                .formatted(limits.machineBytes() / 1e6),
                                        Math.max(
                                                0,
                                                engine.listeners() * slotsThatFit / engine.slots()),
                                        "fewer tts.slots"),
                                new Breaking(
                                        "subtasks of one job, tts.max-parallelism=%d"
                                                .formatted(limits.subtasksPerJob()),
                                        limits.subtasksPerJob() * engine.listeners(),
                                        "another job with topics of its own"),
                                new Breaking(
                                        "checkpoint storage, %,.0f MB/s"
                                                .formatted(limits.checkpointBytesPerSecond() / 1e6),
                                        listeners
                                                * limits.checkpointBytesPerSecond()
                                                / checkpointRate,
                                        "a longer interval, tts.snapshot.mode=tokens, more storage"),
                                new Breaking(
                                        "one Kafka broker, %,.0f MB/s"
                                                .formatted(limits.brokerBytesPerSecond() / 1e6),
                                        listeners * limits.brokerBytesPerSecond() / tokenBytes,
                                        "more brokers and partitions, compression"))
                        .sorted(Comparator.comparingDouble(Breaking::listeners))
                        .toList();
        return new Plan(
                listeners,
                engine,
                machines,
                jobs,
                (int) Math.ceil((double) machines / jobs),
                requests,
                listeners * TOKENS_PER_SECOND,
                need,
                requests * kafka.requestBytes(),
                requests * kafka.tokenRecords(),
                tokenBytes,
                Math.max(
                        FEWEST_PARTITIONS,
                        (int) Math.ceil(tokenBytes / jobs / BYTES_PER_SECOND_OF_PARTITION)),
                checkpoint,
                checkpointRate,
                breaks);
    }
}
