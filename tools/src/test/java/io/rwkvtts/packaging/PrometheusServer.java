package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.local.LoopbackPorts;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real Prometheus with the configuration of {@code docker/prometheus}, but for its targets. Owns
 * the process.
 */
final class PrometheusServer implements AutoCloseable {

    static final String NOT_INSTALLED =
            "prometheus and promtool are not in the PATH (Debian's package prometheus)";

    private static final Pattern DISCOVERY =
            Pattern.compile("dns_sd_configs:\\n(?: {6}.*(?:\\n|$))+");

    private static final String TARGET = "static_configs: [{targets: ['%s']}]\n";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final String address;
    private final Path log;

    private PrometheusServer(Process process, String address, Path log) {
        this.process = process;
        this.address = address;
        this.log = log;
    }

    static boolean installed() {
        return Stream.of("prometheus", "promtool")
                .allMatch(
                        tool ->
                                Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                                        .anyMatch(
                                                path -> Path.of(path, tool).toFile().canExecute()));
    }

    /**
     * Starts it.
     *
     * @param directory for its files
     * @param targets host and port of the metrics for each job of the configuration, in its order
     */
    static PrometheusServer start(Path directory, List<String> targets) throws IOException {
        for (String file : new String[] {"prometheus.yml", "rules.yml"}) {
            Files.copy(MonitoringFiles.prometheus().resolve(file), directory.resolve(file));
        }
        Path configuration = directory.resolve("prometheus.yml");
        Iterator<String> remaining = targets.iterator();
        Files.writeString(
                configuration,
                DISCOVERY
                        .matcher(Files.readString(configuration))
                        .replaceAll(found -> TARGET.formatted(remaining.next())));
        assertThat(remaining).isExhausted();
        String address = LoopbackPorts.HOST + ":" + LoopbackPorts.choose(0, "port");
        Path log = directory.resolve("log");
        Process process =
                new ProcessBuilder(
                                "prometheus",
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + directory.resolve("data"),
                                "--web.listen-address=" + address)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        return new PrometheusServer(process, address, log);
    }

    /** What {@code /api/v1/…} answers; null where nobody listens yet, or it is not ready. */
    JsonNode get(String path) throws IOException, InterruptedException {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/" + path)).build();
        try {
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 503
                    ? null
                    : new ObjectMapper().readTree(answer.body()).path("data");
        } catch (java.net.ConnectException e) {
            return null;
        }
    }

    /** The series that a query gives now; missing where it is refused. */
    JsonNode query(String query) throws IOException, InterruptedException {
        return get("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8))
                .path("result");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
