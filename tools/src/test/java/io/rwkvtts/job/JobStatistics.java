package io.rwkvtts.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;

/** What Flink tells of a job: by its REST API, and by the endpoint for Prometheus. */
final class JobStatistics {

    /**
     * A checkpoint that has completed.
     *
     * @param triggeredAtMs when it began, epoch milliseconds
     * @param millis from there to its end, by Flink's own count
     */
    record Checkpoint(long triggeredAtMs, long millis) {}

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI details;
    private final URI checkpoints;
    private final URI metrics;
    private final JobID job;

    JobStatistics(String webAddress, String metricsAddress, JobID job) {
        this.details = URI.create(webAddress + "/jobs/" + job);
        this.checkpoints = URI.create(details + "/checkpoints");
        this.metrics = URI.create(metricsAddress);
        this.job = job;
    }

    /** Checkpoints that have completed since the job's start. */
    int completedCheckpoints() throws IOException, InterruptedException {
        return count("completed");
    }

    /** Checkpoints that have failed since the job's start. */
    int failedCheckpoints() throws IOException, InterruptedException {
        return count("failed");
    }

    private int count(String status) throws IOException, InterruptedException {
        return checkpoints().required("counts").required(status).intValue();
    }

    /** When the job ended, epoch milliseconds; -1 while it has not. */
    long endedAtMs() throws IOException, InterruptedException {
        return read(details).required("end-time").longValue();
    }

    /** The completed checkpoints that began at a time or later. */
    List<Checkpoint> checkpointsSince(long epochMs) throws IOException, InterruptedException {
        List<Checkpoint> completed = new ArrayList<>();
        for (JsonNode checkpoint : checkpoints().required("history")) {
            long triggered = checkpoint.required("trigger_timestamp").longValue();
            if (triggered >= epochMs
                    && checkpoint.required("status").textValue().equals("COMPLETED")) {
                long millis = checkpoint.required("end_to_end_duration").longValue();
                completed.add(new Checkpoint(triggered, millis));
            }
        }
        return completed;
    }

    /** A gauge of the only subtask of Synthesize, -1 if it is not there yet. */
    double gauge(String name) throws IOException, InterruptedException {
        Matcher found =
                Pattern.compile("_tts_" + name + "\\{[^}]*job_id=\"" + job + "\"[^}]*} (\\S+)")
                        .matcher(get(metrics));
        return found.find() ? Double.parseDouble(found.group(1)) : -1;
    }

    private JsonNode checkpoints() throws IOException, InterruptedException {
        return read(checkpoints);
    }

    private JsonNode read(URI address) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(get(address));
    }

    private String get(URI address) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(address).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
