package io.rwkvtts.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a job with a savepoint, and tries again if it can't be stopped now: a failover aborts the
 * savepoint ("Checkpoint Coordinator is suspending"), and a new JobManager does not know of it ("no
 * savepoint operation"), but the job continues. Belongs to one thread.
 */
final class StopWithSavepoint {

    private static final Logger LOG = LoggerFactory.getLogger(StopWithSavepoint.class);

    private static final Duration ATTEMPT = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final long PAUSE_MS = 500;

    private final JobClient client;
    private final Path directory;

    /**
     * @param directory for savepoints
     */
    StopWithSavepoint(JobClient client, Path directory) {
        this.client = client;
        this.directory = directory;
    }

    /**
     * Stops the job.
     *
     * @return URI of the savepoint
     * @throws ExecutionException if the job can't be stopped for three minutes; what the last
     *     attempt ended with
     * @throws TimeoutException if no answer came in time
     */
    String stop() throws ExecutionException, TimeoutException, InterruptedException, IOException {
        Set<Path> earlier = savepoints();
        long limit = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return client.stopWithSavepoint(
                                false, directory.toUri().toString(), SavepointFormatType.CANONICAL)
                        .get(ATTEMPT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                LOG.info("the job is not stopped yet: {}", e.toString());
                Optional<String> savepoint = finishedWith(earlier);
                if (savepoint.isPresent()) {
                    return savepoint.get();
                }
                if (System.nanoTime() > limit) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        }
    }

    /** The new savepoint of a job that was stopped although nobody could be told. */
    private Optional<String> finishedWith(Set<Path> earlier)
            throws IOException, InterruptedException {
        if (status() != JobStatus.FINISHED) {
            return Optional.empty();
        }
        return savepoints().stream()
                .filter(savepoint -> !earlier.contains(savepoint))
                .max(Comparator.comparing(StopWithSavepoint::completedAt))
                .map(savepoint -> savepoint.toUri().toString());
    }

    /** Null if it can't be known now. */
    private JobStatus status() throws InterruptedException {
        try {
            return client.getJobStatus().get(ATTEMPT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    /** Directories of complete savepoints. */
    private Set<Path> savepoints() throws IOException {
        Set<Path> found = new HashSet<>();
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.list(directory)) {
                all.filter(savepoint -> Files.exists(metadata(savepoint))).forEach(found::add);
            }
        }
        return found;
    }

    private static Path metadata(Path savepoint) {
        return savepoint.resolve("_metadata");
    }

    private static long completedAt(Path savepoint) {
        return metadata(savepoint).toFile().lastModified();
    }
}
