package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.operator.ControlRecord;
import io.rwkvtts.operator.ControlRules;
import io.rwkvtts.operator.SwitchJson;
import io.rwkvtts.operator.SwitchValue;
import io.rwkvtts.operator.Switches;
import io.rwkvtts.operator.Switches.Effect;
import io.rwkvtts.operator.Trial;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts control set}: gives an option of a running job another value. */
@Command(
        name = "set",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Gives an option of a running job another value. Those that may change:"
                    + " docs/control.md.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tts control set tts.queue.when-full=reject",
            "  tts control set tts.chunk.tokens=15 --from PT1M",
            "  tts control set tts.chunk.tokens=15 --experiment short --share 50%",
            "  tts control set tts.chunk.tokens --default"
        })
final class ControlSetCommand implements Callable<Integer> {

    /** After this, the record would come too late by itself. */
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);

    /** Time from now to the first requests, where none is given. */
    private static final Duration USUAL_LEAD = ControlRules.LEAD.multipliedBy(2);

    @Spec private CommandSpec spec;

    @Mixin private ControlTopicOptions control;

    @Parameters(paramLabel = "KEY=VALUE", description = "the option and its value")
    private String assignment;

    @Option(
            names = "--default",
            description = "the value that the job was started with; KEY then stands alone")
    private boolean useDefault;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            converter = DeadlineConverter.class,
            description =
                    "timestamp of the first requests that it holds for, at least 5 s from now, as"
                            + " 2030-01-31T12:00:00Z or PT30S (default: PT10S). Only for options"
                            + " that are part of what a request emits")
    private Instant from;

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            description = "try the value on a share of the requests; with --share")
    private String experiment;

    @Option(
            names = "--share",
            paramLabel = "SHARE",
            converter = ShareConverter.class,
            description = "of the requests, such as 50%% or 0.5")
    private Double share;

    @Override
    public Integer call() throws IOException, InterruptedException {
        SwitchValue value = value();
        check(value, System.currentTimeMillis());
        control.require();
        // The job will check by the time that the broker gives the record.
        check(value, write(value).timestamp());
        spec.commandLine().getOut().println(told(value));
        return CommandLine.ExitCode.OK;
    }

    private SwitchValue value() {
        int equals = assignment.indexOf('=');
        if (equals < 0 != useDefault) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'%s': expected KEY=VALUE, or KEY and --default".formatted(assignment));
        }
        if ((experiment == null) != (share == null)) {
            throw new ParameterException(
                    spec.commandLine(), "expected both of --experiment and --share, or neither");
        }
        String key = useDefault ? assignment : assignment.substring(0, equals);
        try {
            OptionKeys.requireKnown(Map.of(key, ""));
            boolean byTimestamp = Switches.effect(key) == Effect.FROM_TIMESTAMP;
            if (!byTimestamp && from != null) {
                throw new IllegalArgumentException(
                        key + " counts from when the job reads it: leave --from out");
            }
            Instant effective = from == null ? Instant.now().plus(USUAL_LEAD) : from;
            SwitchValue value =
                    new SwitchValue(
                            key,
                            useDefault ? null : assignment.substring(equals + 1),
                            byTimestamp ? effective.toEpochMilli() : null,
                            experiment == null ? null : new Trial(experiment, share));
            value.requirePossible();
            return value;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void check(SwitchValue value, long writtenMs) {
        ControlRules.read(
                new ControlRecord(
                        0,
                        writtenMs,
                        value.key().getBytes(UTF_8),
                        SwitchJson.write(value).getBytes(UTF_8)));
    }

    private RecordMetadata write(SwitchValue value) throws IOException, InterruptedException {
        Properties properties = control.properties();
        properties.setProperty(ProducerConfig.ACKS_CONFIG, "all");
        properties.setProperty(ProducerConfig.LINGER_MS_CONFIG, "0");
        String timeout = Long.toString(SEND_TIMEOUT.toMillis());
        properties.setProperty(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
        properties.setProperty(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
        properties.setProperty(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(
                            new ProducerRecord<>(
                                    control.topic(),
                                    value.key().getBytes(UTF_8),
                                    SwitchJson.write(value).getBytes(UTF_8)))
                    .get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "topic %s: %s".formatted(control.topic(), e.getCause().getMessage()),
                    e.getCause());
        }
    }

    private static String told(SwitchValue value) {
        StringBuilder told = new StringBuilder(value.key());
        told.append(value.value() == null ? " as the job was started" : "=" + value.value());
        if (value.trial() != null) {
            told.append(
                    " for %s %% of the requests (experiment %s)"
                            .formatted(100 * value.trial().share(), value.trial().experiment()));
        }
        return value.byTimestamp()
                ? told.append(" from " + Instant.ofEpochMilli(value.effectiveFromMs())).toString()
                : told.append(" from now on").toString();
    }
}
