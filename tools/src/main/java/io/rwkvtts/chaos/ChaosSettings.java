package io.rwkvtts.chaos;

import io.rwkvtts.job.SpeechModel;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;

/**
 * What a chaos run is to do.
 *
 * @param kills faults to strike, at least 1
 * @param seed of the requests and the faults
 * @param delivery delivery guarantee of the job
 * @param requests requests to send, at least 1
 * @param parallelism subtasks that speak at first, at least 1
 * @param model speaks
 * @param options of the job and of Flink
 * @param directory for data and logs of the processes; exists
 */
public record ChaosSettings(
        int kills,
        long seed,
        DeliveryGuarantee delivery,
        int requests,
        int parallelism,
        SpeechModel model,
        Configuration options,
        Path directory) {

    static final int TASK_MANAGERS = 2;

    /** Most subtasks that speak: the job is rescaled at least between one and two. */
    int maxParallelism() {
        return Math.max(2, parallelism);
    }
}
