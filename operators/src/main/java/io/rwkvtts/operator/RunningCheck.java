package io.rwkvtts.operator;

import java.io.Serializable;
import org.apache.flink.streaming.runtime.tasks.StreamTask;

/**
 * Whether a task runs: one that is being restored has to take in what was on its way to it. Tests
 * have no running task.
 */
@FunctionalInterface
interface RunningCheck extends Serializable {

    /** Asks Flink. */
    RunningCheck OF_FLINK = StreamTask::isRunning;

    boolean isRunning(StreamTask<?, ?> task);
}
