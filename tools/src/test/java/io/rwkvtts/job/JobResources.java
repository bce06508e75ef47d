package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.apache.flink.api.common.JobID;

/** How many subtasks generate: what Flink's REST API tells of it, and takes. */
final class JobResources {

    private static final String SYNTHESIZE = "Synthesize";

    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final URI job;
    private final String token;

    /**
     * @param webAddress of Flink
     * @param token with which its REST API takes commands
     */
    JobResources(String webAddress, String token, JobID job) {
        this.job = URI.create(webAddress + "/jobs/" + job);
        this.token = token;
    }

    /** Subtasks that generate, if the whole job runs; else 0. */
    int running() throws IOException, InterruptedException {
        JsonNode details = get(job);
        for (JsonNode vertex : details.required("vertices")) {
            if (!vertex.required("status").textValue().equals("RUNNING")) {
                return 0;
            }
        }
        return synthesize(details).required("parallelism").intValue();
    }

    /** {@code PUT /jobs/:id/resource-requirements}: at most that many subtasks that generate. */
    void request(int parallelism) throws IOException, InterruptedException {
        URI requirements = URI.create(job + "/resource-requirements");
        JsonNode body = get(requirements);
        String vertex = synthesize(get(job)).required("id").textValue();
        ((ObjectNode) body.required(vertex).required("parallelism"))
                .put("lowerBound", 1)
                .put("upperBound", parallelism);
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(requirements)
                                .header("Authorization", "Bearer " + token)
                                .header("Content-Type", "application/json")
                                .PUT(BodyPublishers.ofString(body.toString()))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static JsonNode synthesize(JsonNode details) {
        for (JsonNode vertex : details.required("vertices")) {
            if (vertex.required("name").textValue().startsWith(SYNTHESIZE)) {
                return vertex;
            }
        }
        throw new AssertionError("no vertex " + SYNTHESIZE + " in " + details);
    }

    private JsonNode get(URI address) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return json.readTree(answer.body());
    }
}
