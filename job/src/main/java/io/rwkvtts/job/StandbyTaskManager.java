package io.rwkvtts.job;

import org.apache.flink.client.deployment.executors.RemoteExecutor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.ConfigurationParserUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flink's TaskManager, which also opens the model of its own {@code tts.model} when it starts, with
 * the other {@code tts.} options that it has. So it takes over the work of one that has died
 * without loading anything. Without {@code tts.model} it is Flink's alone.
 *
 * <p>Only for clusters that have the job on the class path of their processes, as the image does:
 * the classes of a jar that is submitted have engines of their own.
 */
public final class StandbyTaskManager {

    private static final Logger LOG = LoggerFactory.getLogger(StandbyTaskManager.class);

    private StandbyTaskManager() {}

    /** Takes the arguments of {@link TaskManagerRunner}. */
    public static void main(String[] arguments) throws Exception {
        Configuration configuration =
                ConfigurationParserUtils.loadCommonConfiguration(
                        arguments, StandbyTaskManager.class.getSimpleName());
        if (configuration.contains(SpeechModel.MODEL)) {
            Thread opener = new Thread(() -> open(configuration), "open-standby-engines");
            opener.setDaemon(true);
            opener.start();
        }
        TaskManagerRunner.main(arguments);
    }

    /** What is wrong with the options, a job says itself when it comes. */
    static void open(Configuration configuration) {
        configuration.set(DeploymentOptions.TARGET, RemoteExecutor.NAME);
        try {
            TtsSettings.from(configuration, SpeechModel.from(configuration)).openEngines(true);
        } catch (Exception e) {
            LOG.warn("No engine was opened ahead of a job: {}", e.getMessage(), e);
        }
    }
}
