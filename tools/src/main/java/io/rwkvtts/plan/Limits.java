package io.rwkvtts.plan;

/**
 * What the machines around the engines bear: assumed, as long as nobody has measured it.
 *
 * @param machineBytes memory of a machine
 * @param checkpointBytesPerSecond that the storage of checkpoints takes
 * @param brokerBytesPerSecond that one Kafka broker takes from its producers
 * @param subtasksPerJob {@code tts.max-parallelism}
 * @param checkpointSeconds {@code execution.checkpointing.interval}
 */
public record Limits(
        double machineBytes,
        double checkpointBytesPerSecond,
        double brokerBytesPerSecond,
        int subtasksPerJob,
        double checkpointSeconds) {}
