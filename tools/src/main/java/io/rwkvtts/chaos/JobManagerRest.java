package io.rwkvtts.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.local.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the JobManager through Flink's REST API. Unlike Flink's client it gives up at once where
 * nobody answers. May be used by several threads.
 */
final class JobManagerRest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ObjectMapper json = new ObjectMapper();
    private final String address;

    JobManagerRest(int port) {
        address = "http://" + LoopbackPorts.HOST + ":" + port;
    }

    /** Number of TaskManagers that have registered; 0 if nobody answers. */
    int taskManagers() throws InterruptedException {
        try {
            return get("/taskmanagers").path("taskmanagers").size();
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * The subtasks of Synthesize, in their order; empty if nobody answers, or does not know the job
     * (yet).
     */
    List<GeneratingSubtask> speaking(String job) throws InterruptedException {
        List<GeneratingSubtask> subtasks = new ArrayList<>();
        try {
            for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
                if (vertex.path("name").asText().startsWith("Synthesize")) {
                    String path = "/jobs/" + job + "/vertices/" + vertex.path("id").asText();
                    get(path).path("subtasks").forEach(found -> subtasks.add(subtask(found)));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return subtasks;
    }

    /** Directory of the newest complete checkpoint; empty if there is none, or nobody answers. */
    Optional<Path> newestCheckpoint(String job) throws InterruptedException {
        try {
            JsonNode newest = get("/jobs/" + job + "/checkpoints").path("latest").path("completed");
            return newest.has("external_path")
                    ? Optional.of(Path.of(URI.create(newest.path("external_path").asText())))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static GeneratingSubtask subtask(JsonNode found) {
        return new GeneratingSubtask(
                found.path("taskmanager-id").asText(),
                found.path("status").asText().equals("RUNNING"),
                found.path("start-time").asLong(-1));
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + " gave status " + response.statusCode());
        }
        return json.readTree(response.body());
    }
}
