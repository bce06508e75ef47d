package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.schema.TextEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.execution.JobClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that has no room for checkpoints, for longer than Flink lets pass. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class FullDiskITCase {

    private static final int REQUESTS = 8;

    /** More files than the checkpoints that may fail, so that the job restarts meanwhile. */
    private static final int REFUSED_FILES = 20;

    @TempDir private Path directory;

    @AfterEach
    void makeRoom() {
        FullDisk.full = false;
    }

    @Test
    void testSpeechContinuesWhenThereIsRoomAgain() throws Exception {
        List<TextEvent> requests =
                IntStream.range(0, REQUESTS).mapToObj(SpeechCluster::longRequest).toList();
        List<String> ids = requests.stream().map(TextEvent::getRequestId).toList();
        try (SpeechCluster cluster = SpeechCluster.start(directory, Duration.ofMillis(200))) {
            Map<String, Speech> undisturbed =
                    speak(cluster, "undisturbed", requests, ids, () -> {});
            Map<String, Speech> disturbed =
                    speak(
                            cluster,
                            "full",
                            requests,
                            ids,
                            () -> {
                                FullDisk.full = true;
                                await().until(() -> FullDisk.REFUSED.get() >= REFUSED_FILES);
                                FullDisk.full = false;
                            });
            assertThat(disturbed).containsExactlyInAnyOrderEntriesOf(undisturbed);
        }
    }

    private Map<String, Speech> speak(
            SpeechCluster cluster,
            String name,
            List<TextEvent> requests,
            List<String> ids,
            Runnable disturbance)
            throws Exception {
        KafkaSettings topics = cluster.topics(name, "at-least-once");
        String checkpoints = FullDisk.SCHEME + "://" + directory.resolve(name + "-checkpoints");
        JobClient job =
                cluster.submit(
                        topics,
                        Map.of(CheckpointingOptions.CHECKPOINTS_DIRECTORY.key(), checkpoints),
                        engines -> SlowEngine.around(engines, Duration.ofMillis(10)),
                        null);
        cluster.send(topics, requests.toArray(TextEvent[]::new));
        try (TokenListener listener = cluster.listen(topics)) {
            JobStatistics statistics = cluster.statistics(job);
            await().until(() -> statistics.completedCheckpoints() >= 2);
            disturbance.run();
            return cluster.collect(listener, ids);
        } finally {
            job.cancel().get();
        }
    }
}
