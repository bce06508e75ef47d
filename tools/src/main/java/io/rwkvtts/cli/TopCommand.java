package io.rwkvtts.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts top}: a job's metrics in the terminal. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows how a running job serves its listeners, by subtask, again and again until"
                    + " Ctrl-C: for those without Grafana.",
            "With --bootstrap-servers it shows what the topics tell from now on.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tts top --metrics http://127.0.0.1:9249/metrics",
            "  tts top --bootstrap-servers localhost:9092"
        })
final class TopCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final int OK = 200;

    @Spec private CommandSpec spec;

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:9249/metrics",
            description =
                    "where a TaskManager serves its metrics for Prometheus; once for each of them"
                            + " (default: ${DEFAULT-VALUE})")
    private List<URI> metrics;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            description =
                    "Kafka brokers: shows what the topics tell, for those without a metrics"
                            + " endpoint; in the place of --metrics")
    private String bootstrapServers;

    @Option(
            names = "--kafka-property",
            paramLabel = "KEY=VALUE",
            description = "property of the Kafka client, such as security.protocol=SASL_SSL")
    private Map<String, String> clientProperties = new TreeMap<>();

    @Option(
            names = "--requests-topic",
            paramLabel = "NAME",
            defaultValue = "tts-requests",
            description = "topic of requests, with --bootstrap-servers (default: ${DEFAULT-VALUE})")
    private String requestsTopic;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "tts-tokens",
            description = "token topic, with --bootstrap-servers (default: ${DEFAULT-VALUE})")
    private String tokensTopic;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "time between two views (default: ${DEFAULT-VALUE})")
    private int interval;

    @Option(
            names = "--times",
            paramLabel = "N",
            description = "end after that many views, one below the other")
    private Integer times;

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireAtLeastOne("--interval", interval);
        requireAtLeastOne("--times", times == null ? 1 : times);
        if (bootstrapServers != null) {
            if (spec.commandLine().getParseResult().hasMatchedOption("--metrics")) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--metrics and --bootstrap-servers: expected one of them only");
            }
            showTopics();
        } else {
            showMetrics();
        }
        return CommandLine.ExitCode.OK;
    }

    private void showMetrics() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Scrape before = scrape();
        for (int view = 0; times == null || view < times; view++) {
            TimeUnit.SECONDS.sleep(interval);
            Scrape now = scrape();
            clear(out);
            new TopView(before, now).print(out);
            out.println();
            if (StandardOutput.isClosed(out)) {
                return;
            }
            before = now;
        }
    }

    private void showTopics() {
        PrintWriter out = spec.commandLine().getOut();
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.setProperty("bootstrap.servers", bootstrapServers);
        try (TopicWatch topics = new TopicWatch(properties, requestsTopic, tokensTopic)) {
            for (int view = 0; times == null || view < times; view++) {
                topics.read(Duration.ofSeconds(interval));
                clear(out);
                topics.print(out);
                out.println();
                if (StandardOutput.isClosed(out)) {
                    return;
                }
            }
        }
    }

    private void clear(PrintWriter out) {
        if (times == null && System.console() != null) {
            out.print(CLEAR);
        }
    }

    private void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new ParameterException(
                    spec.commandLine(), "%s is %d, expected 1 or more".formatted(option, value));
        }
    }

    private Scrape scrape() throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        for (URI address : metrics) {
            answers.add(get(address));
        }
        return Scrape.of(System.nanoTime(), answers);
    }

    private String get(URI address) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response =
                    client.send(
                            HttpRequest.newBuilder(address).timeout(TIMEOUT).build(),
                            BodyHandlers.ofString());
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException(
                    "no metrics from %s: expected the address of a TaskManager's metrics, such as"
                                    .formatted(address)
                            + " the one that 'tts demo' prints (--metrics)",
                    e);
        }
        if (response.statusCode() != OK) {
            throw new IOException(
                    "no metrics from %s: it answers with status %d (--metrics)"
                            .formatted(address, response.statusCode()));
        }
        return response.body();
    }
}
