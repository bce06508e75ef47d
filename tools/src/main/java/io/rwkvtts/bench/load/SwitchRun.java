package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.TextEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;

/**
 * The same requests, all at once, to a job that has just been started and warmed up.
 *
 * @param tokensPerSecond of all requests together, from the first request to the last end
 * @param firstChunkMs median time to the first chunk
 * @param tokens hash of the tokens of each request
 */
record SwitchRun(double tokensPerSecond, double firstChunkMs, Map<String, Long> tokens) {

    /**
     * Runs.
     *
     * @param options of the job, with its model
     * @param jvm options of the JVM
     * @param warmUp requests that are not measured
     * @param requests that are
     */
    static SwitchRun of(
            Configuration options,
            List<String> jvm,
            List<TextEvent> warmUp,
            List<TextEvent> requests)
            throws Exception {
        try (JobProcess process = new JobProcess(options, jvm)) {
            Configuration clients = new Configuration(options);
            clients.set(KafkaOptions.BOOTSTRAP_SERVERS, process.bootstrapServers());
            try (LoadClient client = new LoadClient(KafkaSettings.from(clients))) {
                client.begin(trace -> {});
                generate(client, warmUp);
                client.begin(trace -> {});
                long start = System.nanoTime();
                List<RequestTrace> generated = generate(client, requests);
                process.requireAlive();
                return of(generated, (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private static List<RequestTrace> generate(LoadClient client, List<TextEvent> requests)
            throws InterruptedException {
        List<RequestTrace> traces = new ArrayList<>();
        for (TextEvent request : requests) {
            traces.add(client.send(request, System.nanoTime()));
        }
        client.awaitEnds(traces);
        return traces;
    }

    private static SwitchRun of(List<RequestTrace> generated, double seconds) {
        Samples firstChunk = new Samples();
        Map<String, Long> tokens = new TreeMap<>();
        long count = 0;
        for (RequestTrace trace : generated) {
            if (!trace.finished() || !trace.began()) {
                throw new IllegalStateException("request %s did not finish".formatted(trace.id()));
            }
            firstChunk.add(trace.firstChunkNanos() / 1e6);
            tokens.put(trace.id(), trace.tokensHash());
            count += trace.tokens() + trace.globalTokens();
        }
        return new SwitchRun(count / seconds, firstChunk.median(), tokens);
    }
}
