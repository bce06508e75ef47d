package io.rwkvtts.job;

import io.rwkvtts.engine.SamplingPlace;
import io.rwkvtts.operator.OptionChecks;
import java.io.Serializable;
import org.apache.flink.client.deployment.executors.LocalExecutor;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * How many engines there are, and how large each is.
 *
 * @param slots requests that an engine generates at once
 * @param threads of a step; 0 for the processors divided by {@code perProcess}
 * @param parallelism subtasks that generate, each with an engine
 * @param maxParallelism key groups
 * @param perProcess engines that may share a process, its processors and its memory
 * @param sampling where an engine on a device draws tokens
 */
public record EngineSettings(
        int slots,
        int threads,
        int parallelism,
        int maxParallelism,
        int perProcess,
        SamplingPlace sampling)
        implements Serializable {

    /** Requests generated at once. */
    public static final ConfigOption<Integer> SLOTS =
            ConfigOptions.key("tts.slots")
                    .intType()
                    .defaultValue(32)
                    .withDescription(
                            "Requests that one subtask generates at once; each holds one recurrent"
                                    + " state (6.5 MB for a model of 24 layers × 1024).");

    /** Subtasks of Synthesize. */
    public static final ConfigOption<Integer> PARALLELISM =
            ConfigOptions.key("tts.parallelism")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Subtasks that generate, each with an engine and weights of its own. Up"
                                    + " to some 8 requests at once one engine with all processors"
                                    + " is fastest; with 16 and more, an engine for each of the"
                                    + " processors' last-level caches.");

    /** Key groups. */
    public static final ConfigOption<Integer> MAX_PARALLELISM =
            ConfigOptions.key("tts.max-parallelism")
                    .intType()
                    .defaultValue(128)
                    .withDescription(
                            "Most subtasks that a savepoint can be restored with. Must not change"
                                    + " over the life of a job.");

    /** Threads of an engine. */
    public static final ConfigOption<Integer> THREADS =
            ConfigOptions.key("tts.engine.threads")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Threads that compute a step, the task's own among them; 0 for the"
                                    + " processors of the machine divided by the engines in the"
                                    + " process, each of which serves one slot of a TaskManager."
                                    + " With native operators, steps of up to 8 requests take only"
                                    + " one of them for as long as that is quicker. The results do"
                                    + " not depend on it.");

    /** Where engines on CUDA devices draw tokens. */
    public static final ConfigOption<SamplingPlace> CUDA_SAMPLING =
            ConfigOptions.key("tts.cuda.sampling")
                    .enumType(SamplingPlace.class)
                    .defaultValue(SamplingPlace.HOST)
                    .withDescription(
                            "Where an engine on a CUDA device draws its tokens (experimental,"
                                    + " never run on a card). 'host': the device writes all logits"
                                    + " of a step to the host, 33 KB for each request, which draws"
                                    + " one after the other. 'device': the device draws them all at"
                                    + " once, and only the tokens go to the host. The tokens are the"
                                    + " same. Of no effect on engines on CPUs.");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException for a value that cannot work; names the option
     */
    static EngineSettings from(ReadableConfig config) {
        int parallelism = OptionChecks.atLeast(1, config, PARALLELISM);
        return new EngineSettings(
                OptionChecks.atLeast(1, config, SLOTS),
                OptionChecks.atLeast(0, config, THREADS),
                parallelism,
                maxParallelism(parallelism, config),
                perProcess(parallelism, config),
                config.get(CUDA_SAMPLING));
    }

    /** Engines of other processes have other processors, on other machines usually. */
    int threadsOf(int processors) {
        return threads > 0 ? threads : Math.max(1, processors / perProcess);
    }

    private static int maxParallelism(int parallelism, ReadableConfig config) {
        int value = OptionChecks.atLeast(parallelism, config, MAX_PARALLELISM);
        int most = KeyGroupRangeAssignment.UPPER_BOUND_MAX_PARALLELISM;
        if (value > most) {
            throw new IllegalArgumentException(
                    "%s is %d, expected at most %d".formatted(MAX_PARALLELISM.key(), value, most));
        }
        return value;
    }

    /** Subtasks of one process: all of them, unless the job goes to a cluster of TaskManagers. */
    private static int perProcess(int parallelism, ReadableConfig config) {
        String target = config.get(DeploymentOptions.TARGET);
        boolean inThisProcess = target == null || target.equals(LocalExecutor.NAME);
        return inThisProcess
                ? parallelism
                : Math.min(parallelism, config.get(TaskManagerOptions.NUM_TASK_SLOTS));
    }
}
