package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.EmbeddedKafka;
import io.rwkvtts.local.RestAccess;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With Flink's adaptive scheduler the running job changes its parallelism, because somebody asks
 * for it or because TaskManagers come and go: every generation continues in mid-word, with the
 * tokens that it would have had without.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class RescaleITCase {

    private static final Logger LOG = LoggerFactory.getLogger(RescaleITCase.class);
    private static final int REQUESTS = 32;
    private static final String TOKEN = "of-this-test";

    /** Small, so that hardly any time passes between two records. */
    private static final Map<String, String> SHORT_CHUNKS =
            Map.of("tts.chunk.first-tokens", "2", "tts.chunk.tokens", "2");

    @TempDir private static Path directory;
    private static SpeechCluster cluster;
    private static List<TextEvent> requests;
    private static Map<String, Speech> undisturbed;

    /** Two TaskManagers of one slot each. */
    @BeforeAll
    static void speakUndisturbed() throws Exception {
        cluster =
                SpeechCluster.start(
                        directory,
                        Duration.ofMillis(200),
                        EmbeddedKafka.start(0),
                        Map.of(),
                        adaptive());
        requests = IntStream.range(0, REQUESTS).mapToObj(SpeechCluster::longRequest).toList();
        KafkaSettings topics = cluster.topics("undisturbed", "at-least-once");
        JobClient job = cluster.submit(topics);
        undisturbed = cluster.speak(topics, requests.toArray(TextEvent[]::new));
        job.cancel().get();
    }

    private static Configuration adaptive() {
        Configuration options = new Configuration();
        options.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
        options.set(TaskManagerOptions.MINI_CLUSTER_NUM_TASK_MANAGERS, 2);
        options.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Adaptive);
        options.set(
                JobManagerOptions.SCHEDULER_SUBMISSION_RESOURCE_STABILIZATION_TIMEOUT,
                Duration.ofSeconds(1));
        options.set(JobManagerOptions.SCHEDULER_EXECUTING_COOLDOWN_AFTER_RESCALING, Duration.ZERO);
        options.set(
                JobManagerOptions.SCHEDULER_EXECUTING_RESOURCE_STABILIZATION_TIMEOUT,
                Duration.ofSeconds(1));
        options.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        options.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(50));
        options.set(RestAccess.TOKEN, TOKEN);
        return options;
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void testParallelismThatIsChangedByRestInMidWordChangesNothing(String delivery)
            throws Exception {
        Rescaled rescaled = new Rescaled("rest-" + delivery, delivery, 1);

        rescaled.during("1 to 2 by REST", 2, () -> rescaled.ask(2));
        rescaled.during("2 to 1 by REST", 1, () -> rescaled.ask(1));

        assertThat(rescaled.toTheEnd()).containsExactlyInAnyOrderEntriesOf(undisturbed);
        assertThat(FaultyEngine.LOADED).as("states that continued").hasValue(2 * REQUESTS);
    }

    @Test
    void testATaskManagerThatComesAndAnotherThatGoesChangeNothing() throws Exception {
        cluster.flink().removeWorker();
        try {
            Rescaled rescaled = new Rescaled("taskmanagers", "at-least-once", 2);

            rescaled.during("a TaskManager more", 2, cluster.flink()::addWorker);
            rescaled.during("a TaskManager less", 1, cluster.flink()::removeWorker);

            assertThat(rescaled.toTheEnd()).containsExactlyInAnyOrderEntriesOf(undisturbed);
            assertThat(FaultyEngine.LOADED).as("states that continued").hasValue(2 * REQUESTS);
        } finally {
            cluster.flink().addWorker();
        }
    }

    private static EngineFactory slowed(EngineFactory engines) {
        return FaultyEngine.counting(SlowEngine.around(engines, Duration.ofMillis(40)));
    }

    /** A job with all requests in mid-word, which begins at a parallelism of 1. */
    private static final class Rescaled {

        /** Something after which the job has another parallelism. */
        private interface Change {
            void make() throws Exception;
        }

        private final Map<String, List<AudioTokens>> records = new LinkedHashMap<>();
        private final JobClient job;
        private final JobResources resources;
        private final TokenListener listener;
        private long latestAt;
        private long longestNanos;

        Rescaled(String name, String delivery, int parallelism) throws Exception {
            KafkaSettings topics = cluster.topics(name, delivery);
            Map<String, String> options = new LinkedHashMap<>(SHORT_CHUNKS);
            options.put("tts.parallelism", Integer.toString(parallelism));
            job = cluster.submit(topics, options, RescaleITCase::slowed, null);
            resources = new JobResources(cluster.flink().webAddress(), TOKEN, job.getJobID());
            listener = cluster.listen(topics);
            cluster.send(topics, requests.toArray(TextEvent[]::new));
            read(() -> records.size() == REQUESTS && resources.running() == 1);
            // Until then states were loaded that prompts begin with.
            FaultyEngine.forget();
        }

        void ask(int parallelism) throws Exception {
            resources.request(parallelism);
        }

        /** Makes the change and reads until all requests continue at the new parallelism. */
        void during(String name, int parallelism, Change change) throws Exception {
            assertThat(SpeechCluster.ended(records)).as("ended before " + name).isZero();
            long start = System.nanoTime();
            latestAt = start;
            longestNanos = 0;
            change.make();
            read(() -> resources.running() == parallelism);
            Map<String, Integer> then =
                    records.entrySet().stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().size()));
            read(
                    () ->
                            then.entrySet().stream()
                                    .allMatch(e -> records.get(e.getKey()).size() > e.getValue()));
            LOG.info(
                    "{}: {} generations in mid-word pause for {} ms, within {} ms",
                    name,
                    REQUESTS,
                    longestNanos / 1_000_000,
                    (System.nanoTime() - start) / 1_000_000);
        }

        private void read(Callable<Boolean> enough) throws Exception {
            while (!enough.call()) {
                List<ReceivedTokens> received = listener.poll(Duration.ofMillis(10));
                for (ReceivedTokens one : received) {
                    records.computeIfAbsent(one.tokens().getRequestId(), id -> new ArrayList<>())
                            .add(one.tokens());
                }
                if (!received.isEmpty()) {
                    long now = System.nanoTime();
                    longestNanos = Math.max(longestNanos, now - latestAt);
                    latestAt = now;
                }
            }
        }

        Map<String, Speech> toTheEnd() throws Exception {
            cluster.collect(listener, records, REQUESTS);
            listener.close();
            job.cancel().get();
            return records.entrySet().stream()
                    .collect(
                            Collectors.toMap(
                                    Map.Entry::getKey,
                                    entry -> SpeechCluster.speech(entry.getValue())));
        }
    }
}
