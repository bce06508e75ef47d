package io.rwkvtts.job;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.SpeechCluster.Speech;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.job.recovery.RestorePoint;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.schema.AudioTokens;
import io.rwkvtts.schema.TextEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A job that starts from a damaged checkpoint generates the same tokens, or ends and names which
 * file is damaged and how to continue.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DamagedCheckpointITCase {

    private static final int REQUESTS = 4;

    @TempDir private static Path directory;
    private static SpeechCluster cluster;
    private static Map<String, Speech> undisturbed;
    private static Path newest;
    private static Path older;
    private static int attempts;

    /** Something that can happen to the bytes of a file; null for a file that is gone. */
    private interface Harm {
        byte[] done(byte[] bytes);
    }

    @BeforeAll
    static void stopInMidGeneration() throws Exception {
        cluster = SpeechCluster.start(directory, Duration.ofMillis(100));
        KafkaSettings topics = cluster.topics("spoken", "at-least-once");
        JobClient job = cluster.submit(topics, options(), DamagedCheckpointITCase::slowed, null);
        cluster.send(topics, requests());
        try (TokenListener listener = cluster.listen(topics)) {
            Map<String, List<AudioTokens>> first = new HashMap<>();
            while (first.size() < REQUESTS) {
                receive(listener, first);
            }
            JobStatistics statistics = cluster.statistics(job);
            int before = statistics.completedCheckpoints();
            await().until(() -> statistics.completedCheckpoints() >= before + 3);
            assertThat(cluster.endedBy(topics)).isEmpty();
            job.cancel().get();
            job.getJobExecutionResult().handle((result, cancelled) -> null).get();
        }
        List<Path> kept = checkpoints();
        assertThat(kept).as("checkpoints that are kept").hasSize(3);
        newest = kept.get(2);
        older = kept.get(1);
        KafkaSettings whole = cluster.topics("undisturbed", "at-least-once");
        JobClient again = cluster.submit(whole);
        cluster.send(whole, requests());
        try (TokenListener listener = cluster.listen(whole)) {
            undisturbed =
                    cluster.collect(
                            listener,
                            Arrays.stream(requests()).map(TextEvent::getRequestId).toList());
        }
        again.cancel().get();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static TextEvent[] requests() {
        return IntStream.range(0, REQUESTS)
                .mapToObj(SpeechCluster::longRequest)
                .toArray(TextEvent[]::new);
    }

    private static Map<String, String> options() {
        return Map.of(
                "execution.checkpointing.dir", directory.resolve("checkpoints").toUri().toString());
    }

    private static EngineFactory slowed(EngineFactory engines) {
        return SlowEngine.around(engines, Duration.ofMillis(25));
    }

    /** The complete checkpoints of the one job that was stopped, in their order. */
    private static List<Path> checkpoints() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("checkpoints"))) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .sorted(Comparator.comparingInt(DamagedCheckpointITCase::number))
                    .toList();
        }
    }

    private static int number(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString().replace("chk-", ""));
    }

    /** Each file of the checkpoint, each harm. */
    static List<Object[]> damages() throws IOException {
        List<Object[]> damages = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listed = Files.list(newest)) {
            files = listed.map(Path::getFileName).sorted().toList();
        }
        assertThat(files).as("files of a checkpoint").hasSizeGreaterThan(1);
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(newest.resolve(file));
            damages.add(new Object[] {file, "deleted", (Harm) whole -> null});
            damages.add(new Object[] {file, "empty", (Harm) whole -> new byte[0]});
            for (int length : new int[] {bytes.length / 2, bytes.length - 9, bytes.length - 1}) {
                damages.add(
                        new Object[] {
                            file, "cut to " + length, (Harm) whole -> Arrays.copyOf(whole, length)
                        });
            }
            for (int at : places(bytes)) {
                damages.add(new Object[] {file, "bit of " + at, (Harm) whole -> flip(whole, at)});
            }
            damages.add(
                    new Object[] {
                        file,
                        "ends with zeros",
                        (Harm)
                                whole ->
                                        Arrays.copyOf(
                                                Arrays.copyOf(whole, whole.length - 12),
                                                whole.length)
                    });
        }
        return damages;
    }

    /** Begin, end, some between, and the name of a state, which is not read but looked for. */
    private static int[] places(byte[] bytes) {
        return IntStream.concat(
                        IntStream.of(0, 5, 200, bytes.length / 2, bytes.length - 1),
                        Stream.of("requests", "finished", "SourceReaderState")
                                .mapToInt(name -> indexOf(bytes, name)))
                .filter(at -> at >= 0)
                .toArray();
    }

    private static int indexOf(byte[] bytes, String text) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                .indexOf(new String(text.getBytes(US_ASCII), US_ASCII));
    }

    private static byte[] flip(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 1;
        return flipped;
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("damages")
    void testDamageEndsTheJobAndNamesFileAndCommand(Path file, String name, Harm harm)
            throws Exception {
        Path damaged = copyOfBoth("damaged-" + ++attempts);
        byte[] bytes = harm.done(Files.readAllBytes(damaged.resolve(file)));
        Files.delete(damaged.resolve(file));
        if (bytes != null) {
            Files.write(damaged.resolve(file), bytes);
        }

        String failure = failureOf(damaged);

        assertThat(failure).contains(damaged.toString()).contains(file.toString());
        if (bytes != null || !file.endsWith("_metadata")) {
            // Without a _metadata there is no checkpoint, and nothing of ours is asked.
            assertThat(failure)
                    .contains(damaged.resolve(file) + " is ")
                    .contains(
                            "./tts run --from-checkpoint file:"
                                    + damaged.resolveSibling(older.getFileName()));
        }
    }

    @Test
    void testTheOlderOneGivesTheSameTokens() throws Exception {
        assertContinues(older.toUri().toString());
    }

    @Test
    void testTheNewestGivesTheSameTokens() throws Exception {
        Path copy = copyOfBoth("whole");
        Configuration options =
                Configuration.fromMap(
                        Map.of(
                                "execution.checkpointing.dir",
                                copy.getParent().getParent().toUri().toString()));

        String latest =
                RestorePoint.options("latest", options).get(StateRecoveryOptions.SAVEPOINT_PATH);

        assertThat(latest).endsWith(newest.getFileName().toString());
        assertContinues(latest);
    }

    /** Flink's own storage and backend read what ours wrote, and the other way round. */
    @Test
    void testFlinksOwnStorageAndBackendAreExchangeable() throws Exception {
        Map<String, String> flinksOwn = new HashMap<>(options());
        flinksOwn.put("execution.checkpointing.storage", "filesystem");
        flinksOwn.put("state.backend.type", "hashmap");
        flinksOwn.put(
                "execution.checkpointing.dir", directory.resolve("flinks-own").toUri().toString());
        KafkaSettings topics = cluster.withTokensTopic("spoken", "flinks-own");
        JobClient job =
                cluster.submit(
                        topics,
                        flinksOwn,
                        DamagedCheckpointITCase::slowed,
                        newest.toUri().toString());
        try {
            JobStatistics statistics = cluster.statistics(job);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> statistics.completedCheckpoints() >= 2);
            assertThat(cluster.endedBy(topics)).isEmpty();
        } finally {
            job.cancel().get();
        }
        job.getJobExecutionResult().handle((result, cancelled) -> null).get();

        assertContinues(
                RestorePoint.options("latest", Configuration.fromMap(flinksOwn))
                        .get(StateRecoveryOptions.SAVEPOINT_PATH));
    }

    @Test
    void testDamageIsFoundBeforeTheStart() throws Exception {
        Path damaged = copyOfBoth("before-the-start");
        Path state;
        try (Stream<Path> files = Files.list(damaged)) {
            state = files.filter(file -> !file.endsWith("_metadata")).findFirst().orElseThrow();
        }
        Files.write(state, Arrays.copyOf(Files.readAllBytes(state), 100));

        assertThatThrownBy(() -> RestorePoint.options(damaged.toString(), new Configuration()))
                .hasMessageContainingAll(
                        state.toString(),
                        "it has 100 bytes",
                        "--from-checkpoint file:" + damaged.resolveSibling(older.getFileName()));
    }

    /** Copies the two newest checkpoints to a directory of their own; gives the newest. */
    private static Path copyOfBoth(String name) throws IOException {
        Path run = directory.resolve(name).resolve("run");
        for (Path checkpoint : List.of(older, newest)) {
            Path copy = Files.createDirectories(run.resolve(checkpoint.getFileName()));
            try (Stream<Path> files = Files.list(checkpoint)) {
                for (Path file : files.toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()));
                }
            }
        }
        return run.resolve(newest.getFileName());
    }

    private static String failureOf(Path checkpoint) throws Exception {
        KafkaSettings topics = cluster.withTokensTopic("spoken", "attempt-" + attempts);
        try {
            JobClient job =
                    cluster.submit(
                            topics,
                            options(),
                            UnaryOperator.identity(),
                            checkpoint.toUri().toString());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> job.getJobStatus().get().isGloballyTerminalState());
            job.getJobExecutionResult().get();
        } catch (ExecutionException | org.apache.flink.util.FlinkException e) {
            return ExceptionUtils.stringifyException(e);
        }
        throw new AssertionError("the job ended without an error");
    }

    private static void assertContinues(String checkpoint) throws Exception {
        KafkaSettings topics = cluster.withTokensTopic("spoken", "continued-" + ++attempts);
        Map<String, List<AudioTokens>> records = new HashMap<>();
        // The topic is a new one: what was emitted before the checkpoint is in another.
        try (TokenListener listener = cluster.joinLate(topics)) {
            JobClient job = cluster.submit(topics, options(), UnaryOperator.identity(), checkpoint);
            try {
                while (SpeechCluster.ended(records) < REQUESTS) {
                    receive(listener, records);
                }
            } finally {
                job.cancel().get();
            }
        }
        records.forEach(
                (id, chunks) -> {
                    int from = Math.toIntExact(chunks.get(0).getTokenOffset());
                    List<Integer> tokens =
                            chunks.stream().flatMap(chunk -> chunk.getTokens().stream()).toList();
                    List<Integer> all = undisturbed.get(id).tokens();
                    assertThat(from).as("begins in mid-generation").isPositive();
                    assertThat(tokens).isEqualTo(all.subList(from, all.size()));
                });
    }

    private static void receive(TokenListener listener, Map<String, List<AudioTokens>> records) {
        for (ReceivedTokens received : listener.poll(Duration.ofMillis(20))) {
            records.computeIfAbsent(received.tokens().getRequestId(), id -> new ArrayList<>())
                    .add(received.tokens());
        }
    }
}
