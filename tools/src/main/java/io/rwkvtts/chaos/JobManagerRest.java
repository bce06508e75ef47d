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
 * Asks the JobManagers through Flink's REST API, one after the other until one answers: each knows
 * what the leading one knows. Unlike Flink's client it gives up at once where nobody answers. May
 * be used by several threads.
 */
final class JobManagerRest {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ObjectMapper json = new ObjectMapper();
    private final List<String> addresses;

    /** Index of the one that is asked first: it answered last. */
    private volatile int first;

    JobManagerRest(List<Integer> ports) {
        addresses =
                ports.stream().map(port -> "http://" + LoopbackPorts.HOST + ":" + port).toList();
    }

    /** Whether each JobManager answers, as it does when it leads or is ready to. */
    boolean allAnswer() throws InterruptedException {
        try {
            for (String address : addresses) {
                get(address, "/taskmanagers");
            }
            return true;
        } catch (IOException e) {
            return false;
        }
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
        int begin = first;
        IOException failure = new IOException("There is no JobManager");
        for (int i = 0; i < addresses.size(); i++) {
            int index = (begin + i) % addresses.size();
            try {
                JsonNode answer = get(addresses.get(index), path);
                first = index;
                return answer;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private JsonNode get(String address, String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT).build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(path + " gave status " + response.statusCode());
        }
        return json.readTree(response.body());
    }
}
