package io.rwkvtts.cli;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechClient;
import io.rwkvtts.client.SpeechRequest;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.DeviceSettings;
import io.rwkvtts.job.OptionKeys;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.ClientSettings;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.local.LoopbackPorts;
import io.rwkvtts.local.SpeechRecords;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.GenerationSettings;
import io.rwkvtts.operator.TextSettings;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.TextEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.common.IsolationLevel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts demo}: the main job on embedded parts, with the demo voice. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the whole job in this process and generates a text.",
            "",
            "A Kafka broker, a Flink cluster with its dashboard, and RWKV-7 on ONNX Runtime with a"
                    + " small English voice. Sends a request, shows its audio tokens as they come,"
                    + " and keeps serving until Ctrl-C.",
            ""
        })
final class DemoCommand implements Callable<Integer> {

    private static final String DEFAULT_TEXT = "Hello, streaming world.";

    private static final Duration POLL = Duration.ofMillis(100);

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..*",
            description = "text to generate; default: " + DEFAULT_TEXT)
    private List<String> text = List.of(DEFAULT_TEXT);

    @Option(
            names = "--once",
            description =
                    "end when the requests have finished; takes free ports unless told otherwise")
    private boolean once;

    @Mixin private WavOptions wav;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "1",
            description = "how many requests to send at once (default: ${DEFAULT-VALUE})")
    private int requests;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda",
            description =
                    "what the engine computes on (tts.device); with cuda the demo voice has 8-bit"
                            + " weights")
    private String device;

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description = "port of the broker (default: 9092; with --once a free one)")
    private Integer kafkaPort;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "port of Flink's dashboard (default: 8081; with --once a free one)")
    private Integer webPort;

    @Option(
            names = "--gateway-port",
            paramLabel = "PORT",
            description = "port of the page and of HTTP (default: 8080; none with --once)")
    private Integer gatewayPort;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "port of the metrics (default: 9249; with --once a free one)")
    private Integer metricsPort;

    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "any option of the job or of Flink, among them tts.model")
    private Map<String, String> options = new TreeMap<>();

    @Override
    public Integer call() throws Exception {
        if (requests < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--requests is " + requests + ", expected at least 1");
        }
        PrintWriter out = spec.commandLine().getOut();
        Configuration configuration = configuration();
        if (wav.byDemoDecoder() && configuration.contains(SpeechModel.MODEL)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--wav with tts.model needs --decoder: the demo voice's decoder knows its own"
                            + " tokens only");
        }
        JobDevice.check(configuration);
        SpeechModel model = model(configuration);
        int page = once ? 0 : port(gatewayPort, 8080, "--gateway-port");
        try (LocalStack stack =
                        LocalStack.start(
                                port(kafkaPort, 9092, "--kafka-port"), configuration, model);
                DemoGateway gateway = gateway(stack, configuration, page)) {
            stack.closeOnExit();
            return untilClosed(stack, gateway, SpeechModel.cache(configuration), out);
        }
    }

    /** Null if there is none: with --once, and where no decoder knows the tokens. */
    private DemoGateway gateway(LocalStack stack, Configuration configuration, int port)
            throws IOException {
        boolean demoVoice = !configuration.contains(SpeechModel.MODEL);
        if (once || !demoVoice && !wav.decoding().given()) {
            return null;
        }
        return DemoGateway.start(
                stack,
                wav.decoding(),
                SpeechModel.cache(configuration),
                port,
                demoVoice ? "demo-voice" : "rwkv-tts");
    }

    private Configuration configuration() {
        OptionKeys.requireKnown(options);
        Configuration configuration = new Configuration();
        configuration.set(GenerationSettings.CAP_BY_TEXT, true);
        configuration.set(RestOptions.PORT, port(webPort, 8081, "--web-port"));
        configuration.set(EmbeddedFlink.METRICS_PORT, port(metricsPort, 9249, "--metrics-port"));
        if (!options.containsKey(SpeechModel.MODEL.key())) {
            configuration.set(TextSettings.SEGMENT_MAX_UNITS, DemoVoice.MAX_UNITS);
        }
        configuration.addAll(Configuration.fromMap(options));
        if (device != null) {
            configuration.setString(DeviceSettings.DEVICE.key(), device);
        }
        return configuration;
    }

    /** The port to take, 0 for a free one; one that is in use is named with its option. */
    private int port(Integer given, int usual, String option) {
        int port = given == null && once ? 0 : given == null ? usual : given;
        return port == 0 ? 0 : LoopbackPorts.choose(port, option);
    }

    private static SpeechModel model(Configuration configuration) throws Exception {
        if (configuration.contains(SpeechModel.MODEL)) {
            return SpeechModel.from(configuration);
        }
        ModelCache cache = SpeechModel.cache(configuration);
        Optional<Quantization> format = SpeechModel.quantization(configuration);
        return DemoVoice.model(
                cache,
                format.isEmpty() && JobDevice.mustBeCuda(configuration)
                        ? Optional.of(Quantization.INT8_NATIVE)
                        : format);
    }

    /** Ctrl-C takes the parts away from under the loop; that is no failure. */
    private int untilClosed(
            LocalStack stack, DemoGateway gateway, ModelCache cache, PrintWriter out)
            throws Exception {
        try {
            return generate(stack, gateway, cache, out);
        } catch (Exception e) {
            if (stack.closed()) {
                return CommandLine.ExitCode.OK;
            }
            throw e;
        }
    }

    private int generate(LocalStack stack, DemoGateway gateway, ModelCache cache, PrintWriter out)
            throws Exception {
        KafkaSettings kafka = stack.kafka();
        try (RequestRecorder recorder = wav.open(cache, spec.commandLine().getErr());
                SpeechClient client =
                        SpeechClient.connect(
                                ClientSettings.of(kafka)
                                        .withIsolation(IsolationLevel.READ_COMMITTED));
                LostRequests lost =
                        new LostRequests(kafka.properties(), kafka.topics().deadLetters())) {
            DemoReport report = new DemoReport(out);
            if (!once) {
                printAddresses(stack, gateway, out);
            }
            SpeechRecords records = new SpeechRecords();
            String joined = String.join(" ", text);
            for (int i = 1; i <= requests; i++) {
                String id = "demo-" + i;
                report.sent(id, joined);
                TextEvent event = TextEvent.newBuilder().setRequestId(id).setText(joined).build();
                SpeechRequest request = client.speak(event, records);
                lost.sent(request.written().toCompletableFuture().get());
            }
            while (report.ended() < requests && !StandardOutput.isClosed(out)) {
                ReceivedTokens received = records.poll(POLL);
                if (received != null) {
                    report.received(received);
                    recorder.received(received);
                } else {
                    requireNotFailed(stack.job());
                }
                lost.requireNone();
            }
            report.summary();
            if (!once) {
                out.println("Serving until Ctrl-C.");
                out.flush();
                showOthers(stack, report, recorder, out);
            }
            return report.failed() ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        }
    }

    /** Shows the requests of others, from the first one on, until nobody reads it any more. */
    private static void showOthers(
            LocalStack stack, DemoReport report, RequestRecorder recorder, PrintWriter out)
            throws Exception {
        try (TokenListener listener =
                new TokenListener(
                        stack.kafka().properties(),
                        stack.kafka().topics().tokens(),
                        TokenListener.Start.EARLIEST,
                        IsolationLevel.READ_COMMITTED)) {
            while (!StandardOutput.isClosed(out)) {
                List<ReceivedTokens> received = listener.poll(POLL);
                for (ReceivedTokens record : received) {
                    if (!report.isOwn(record)) {
                        report.received(record);
                        recorder.received(record);
                    }
                }
                if (received.isEmpty()) {
                    requireNotFailed(stack.job());
                }
            }
        }
    }

    private static void requireNotFailed(JobClient job) throws Exception {
        if (job.getJobStatus().get() == JobStatus.FAILED) {
            job.getJobExecutionResult().get();
        }
    }

    private static void printAddresses(LocalStack stack, DemoGateway gateway, PrintWriter out) {
        String broker = stack.kafka().bootstrapServers();
        if (gateway != null) {
            Listening.print(Map.of("Page", gateway.address()), out);
        }
        Listening.print(stack.listening(), out);
        out.println("From a second terminal:");
        out.printf("  ./tts listen --bootstrap-servers %s%n", broker);
        InputFormat format = stack.kafka().inputFormat();
        out.printf(
                "  ./tts send --bootstrap-servers %s%s \"Good morning.\"%n",
                broker,
                format == InputFormat.AVRO
                        ? ""
                        : " --format " + format.name().toLowerCase(Locale.ROOT));
        out.flush();
    }
}
