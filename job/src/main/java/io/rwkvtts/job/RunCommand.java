package io.rwkvtts.job;

import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.SecretProperties;
import io.rwkvtts.job.recovery.RestorePoint;
import io.rwkvtts.operator.SynthesisSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tts run}: the job itself, on the cluster on which Flink runs the job's jar, whose main
 * class this is. Under {@code ./tts} a subclass runs it in its own process.
 */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the job against a given Kafka until it is cancelled.",
        footer = {
            "",
            "On a cluster: flink run job-<version>-cluster.jar --model DIR -D tts.slots=32",
            "All options: docs/configuration.md"
        })
public class RunCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Option(
            names = "--model",
            paramLabel = "DIR|FILE",
            description = "model directory or .safetensors checkpoint (tts.model)")
    private Path model;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description = "vocabulary, .txt or .json (tts.vocabulary)")
    private Path vocabulary;

    @Option(
            names = "--voices",
            paramLabel = "DIR",
            description = "directory of reference voices (tts.voices)")
    private Path voices;

    @Option(
            names = "--quantize",
            paramLabel = "FORMAT",
            completionCandidates = QuantizationHelp.class,
            description =
                    "weights of a checkpoint exported on first use (tts.quantize):"
                            + " ${COMPLETION-CANDIDATES}")
    private String quantize;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            description = "what the engines compute on (tts.device)")
    private String device;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description = "Kafka brokers (tts.kafka.bootstrap-servers)")
    private String bootstrapServers;

    @Option(
            names = "--from-checkpoint",
            paramLabel = "PATH|latest",
            description =
                    "checkpoint or savepoint to continue from; latest: the newest complete one of"
                            + " any run below execution.checkpointing.dir")
    private String fromCheckpoint;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "any option of the job or of Flink")
    private Map<String, String> options = new TreeMap<>();

    /**
     * Main of the jar for a cluster.
     *
     * @throws IllegalArgumentException if the arguments are wrong, so that {@code flink run} fails
     */
    public static void main(String[] arguments) throws Exception {
        RunCommand command = new RunCommand();
        CommandLine line = new CommandLine(command);
        line.parseArgs(arguments);
        if (line.isUsageHelpRequested()) {
            line.usage(System.out);
        } else {
            command.call();
        }
    }

    @Override
    public Integer call() throws Exception {
        Configuration given = configuration();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(SecretProperties.without(given));
        FlinkDefaults.fill(environment);
        SecretProperties.requireNoneShown(environment.getConfiguration());
        Configuration all = Configuration.fromMap(environment.getConfiguration().toMap());
        all.addAll(given);
        OptionKeys.requireKnown(all.toMap());
        FlinkDefaults.requireCheckpointDirectory(all);
        if (fromCheckpoint != null) {
            environment.configure(RestorePoint.options(fromCheckpoint, all));
        }
        TtsSettings settings = TtsSettings.from(all, SpeechModel.from(all));
        TtsJob.requireKafka(settings);
        try {
            execute(environment, settings);
        } catch (JobCancellationException e) {
            LOG.info("The job was cancelled.");
        }
        return CommandLine.ExitCode.OK;
    }

    /** Runs the job on the cluster of this environment until it ends. */
    protected void execute(StreamExecutionEnvironment environment, TtsSettings settings)
            throws Exception {
        TtsJob.build(environment, settings);
        environment.execute(TtsJob.NAME);
    }

    private Configuration configuration() {
        Configuration configuration = Configuration.fromMap(options);
        set(configuration, SpeechModel.MODEL, model);
        set(configuration, SpeechModel.VOCABULARY, vocabulary);
        set(configuration, SynthesisSettings.VOICES, voices);
        set(configuration, SpeechModel.QUANTIZE, quantize);
        if (device != null) {
            configuration.setString(DeviceSettings.DEVICE.key(), device);
        }
        set(configuration, KafkaOptions.BOOTSTRAP_SERVERS, bootstrapServers);
        return configuration;
    }

    private static void set(
            Configuration configuration, ConfigOption<String> option, Object value) {
        if (value != null) {
            configuration.set(option, value.toString());
        }
    }
}
