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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * A real Prometheus with the configuration of {@code docker/prometheus}, whose targets are replaced
 * by one. Owns the process.
 */
final class PrometheusServer implements AutoCloseable {

    static final String NOT_INSTALLED =
            "prometheus and promtool are not in the PATH (Debian's package prometheus)";

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
     * @param target host and port of the metrics
     */
    static PrometheusServer start(Path directory, String target) throws IOException {
        for (String file : new String[] {"prometheus.yml", "rules.yml"}) {
            Files.copy(MonitoringFiles.prometheus().resolve(file), directory.resolve(file));
        }
        Path configuration = directory.resolve("prometheus.yml");
        String given = Files.readString(configuration);
        String changed =
                given.replaceAll(
                        "dns_sd_configs:[\\s\\S]*",
                        "static_configs: [{targets: ['%s']}]\n".formatted(target));
        assertThat(changed).isNotEqualTo(given);
        Files.writeString(configuration, changed);
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

    /** What {@code /api/v1/…} answers; null where nobody listens yet. */
    JsonNode get(String path) throws IOException, InterruptedException {
        assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/" + path)).build();
        try {
            return new ObjectMapper()
                    .readTree(client.send(request, BodyHandlers.ofString()).body())
                    .path("data");
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
