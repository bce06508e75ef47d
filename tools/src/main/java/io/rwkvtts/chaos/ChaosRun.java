package io.rwkvtts.chaos;

import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.common.IsolationLevel;

/**
 * One run: the requests undisturbed, the same requests under faults, the comparison.
 *
 * <p>Both are done by the same job on the same processes, in topics of their own. Owns the
 * processes. {@link #close()} may be called by any thread at any time.
 */
public final class ChaosRun implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration QUIET_LIMIT = Duration.ofSeconds(120);
    private static final Duration POLL = Duration.ofMillis(100);

    /** A consumer that is not told of anything for that time has seen all. */
    private static final Duration LAST_LOOK = Duration.ofSeconds(2);

    private static final int PARTITIONS = 4;

    /** Requests in flight while faults strike. */
    private static final int IN_FLIGHT = 16;

    private final ChaosSettings settings;
    private final ChaosReport report;
    private final List<PlannedFault> plan;
    private final List<PlannedRequest> workload;

    /** One for each fault that strikes at a chunk. */
    private final List<PlannedRequest> prompted;

    private final ChaosCluster cluster;
    private final JobManagerRest rest;

    /** Prepares a run; {@link #execute} starts it. */
    public ChaosRun(ChaosSettings settings, ChaosReport report) throws Exception {
        this.settings = settings;
        this.report = report;
        this.plan = PlannedFault.plan(settings.seed(), settings.faults(), settings.kinds());
        this.prompted =
                Workload.whole(
                        settings.seed(),
                        (int) plan.stream().filter(fault -> fault.kind().atChunk()).count());
        this.workload =
                Workload.of(settings.seed(), settings.requests(), settings.streamingLength());
        this.cluster = new ChaosCluster(settings);
        this.rest = new JobManagerRest(cluster.restPorts());
    }

    /**
     * Runs to the end.
     *
     * @throws IllegalStateException if a process ended that was not killed
     * @throws TimeoutException if the job did not continue after a fault
     */
    public ChaosResult execute() throws Exception {
        report.settings(settings, cluster.options());
        cluster.start();
        awaitTaskManagers();
        report.started();
        Map<String, Speech> undisturbed = speakUndisturbed();
        report.undisturbed(undisturbed);
        return strike(undisturbed);
    }

    private void awaitTaskManagers() throws InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (rest.taskManagers() < ChaosSettings.TASK_MANAGERS) {
            cluster.requireAlive();
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(
                        "%d of %d TaskManagers have registered after %d s: see the logs in %s"
                                .formatted(
                                        rest.taskManagers(),
                                        ChaosSettings.TASK_MANAGERS,
                                        START_LIMIT.toSeconds(),
                                        settings.directory()));
            }
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
    }

    private Map<String, Speech> speakUndisturbed() throws Exception {
        KafkaSettings kafka = createTopics("undisturbed");
        ChaosJob job = submit("undisturbed");
        try (UndisturbedRun run = new UndisturbedRun(kafka, isolation())) {
            Map<String, Speech> speech = run.speak(requests(), cluster::requireAlive);
            job.cancel();
            return speech;
        }
    }

    private ChaosResult strike(Map<String, Speech> undisturbed) throws Exception {
        KafkaSettings kafka = createTopics("chaos");
        ChaosJob job = submit("chaos");
        List<StruckFault> faults = new ArrayList<>();
        try (LoadGenerator load =
                        new LoadGenerator(
                                new TextEventProducer(
                                        kafka.properties(), kafka.topics().requests()),
                                workload,
                                prompted,
                                IN_FLIGHT);
                RecordWitness witness =
                        RecordWitness.start(
                                kafka,
                                undisturbed,
                                workload.stream()
                                        .map(PlannedRequest::id)
                                        .collect(Collectors.toSet()),
                                load::received);
                JudgedConsumer consumer =
                        JudgedConsumer.start(kafka, isolation(), witness::records)) {
            FaultInjector injector =
                    new FaultInjector(
                            cluster,
                            kafka,
                            job,
                            new JobState(cluster, job, rest),
                            witness,
                            load,
                            settings.faultLengths(cluster.options()),
                            settings.maxParallelism());
            long records =
                    workload.stream()
                            .mapToLong(request -> undisturbed.get(request.id()).records().size())
                            .sum();
            Iterator<PlannedRequest> left = prompted.iterator();
            long began = System.currentTimeMillis();
            load.allow(share(1));
            for (PlannedFault fault : plan) {
                long target = Math.round(fault.progress() * records);
                if (!witness.awaitGeneration(target, QUIET_LIMIT)) {
                    break;
                }
                // While it lasts, the work for the faults to come is held back.
                int share = share(faults.size() + 2);
                StruckFault struck =
                        injector.strike(
                                fault,
                                began,
                                fault.kind().atChunk()
                                        ? Optional.of(left.next())
                                        : Optional.empty(),
                                () -> load.allow(share));
                faults.add(struck);
                report.struck(faults.size(), struck);
            }
            left.forEachRemaining(load::sendAtOnce);
            consumer.awaitEnds(requests().size(), QUIET_LIMIT);
            load.requireSent();
            awaitQuiet(consumer);
            witness.requireReading();
            consumer.requireReading();
            return new ChaosResult(
                    settings.faults(),
                    faults,
                    compare(undisturbed, witness, consumer),
                    requests().size(),
                    consumer.dropped(),
                    consumer.waits(),
                    consumer.longestWaitMs(),
                    consumer.gaps(),
                    sound(kafka, undisturbed));
        }
    }

    /** All requests, whether a fault sends them or not. */
    private List<PlannedRequest> requests() {
        return Stream.concat(workload.stream(), prompted.stream()).toList();
    }

    private Optional<SoundComparison> sound(KafkaSettings kafka, Map<String, Speech> undisturbed)
            throws Exception {
        if (settings.decoder().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                SoundCheck.of(
                        kafka, isolation(), settings.decoder().get(), requests(), undisturbed));
    }

    /** Requests to be sent by the time of a fault: enough that some are running then. */
    private int share(int fault) {
        return fault * settings.requests() / settings.faults() + IN_FLIGHT;
    }

    /** Repeated records may follow the last end. */
    private static void awaitQuiet(JudgedConsumer consumer) throws InterruptedException {
        while (consumer.quietNanos() < LAST_LOOK.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
        }
    }

    private Comparison compare(
            Map<String, Speech> undisturbed, RecordWitness witness, JudgedConsumer consumer) {
        Comparison comparison = new Comparison();
        for (PlannedRequest request : requests()) {
            comparison.add(request, undisturbed.get(request.id()), consumer.speech(request.id()));
        }
        comparison.addChanged(witness.changedTokens());
        if (settings.delivery() == DeliveryGuarantee.EXACTLY_ONCE) {
            comparison.addRepeated(consumer.dropped());
        }
        return comparison;
    }

    /** The job, which reaches the broker over the link. */
    private ChaosJob submit(String name) throws Exception {
        Configuration options = settings.jobOptions();
        options.addAll(topics(name, cluster.linkedBootstrapServers()));
        options.set(KafkaOptions.GROUP_ID, name);
        options.set(KafkaOptions.TRANSACTIONAL_ID_PREFIX, name);
        options.addAll(ChaosClusterOptions.client(cluster.options()));
        return new ChaosJob(options, settings.model(), settings.directory());
    }

    /** Makes the topics; settings for those that send requests and see what comes of them. */
    private KafkaSettings createTopics(String name) {
        KafkaSettings kafka = KafkaSettings.from(topics(name, cluster.bootstrapServers()));
        try (KafkaAdmin brokers = KafkaAdmin.connect(kafka.properties())) {
            brokers.createTopics(kafka.topics().names(settings.decoder().isPresent()), PARTITIONS);
            String control = settings.options().get(KafkaOptions.CONTROL_TOPIC);
            if (control != null) {
                new ControlTopic(control).create(brokers);
            }
        }
        return kafka;
    }

    private static Configuration topics(String name, String bootstrapServers) {
        Configuration options = new Configuration();
        options.set(KafkaOptions.BOOTSTRAP_SERVERS, bootstrapServers);
        options.set(KafkaOptions.REQUESTS_TOPIC, name + "-requests");
        options.set(KafkaOptions.TOKENS_TOPIC, name + "-tokens");
        options.set(KafkaOptions.AUDIO_TOPIC, name + "-audio");
        options.set(KafkaOptions.DEAD_LETTERS_TOPIC, name + "-dead-letters");
        return options;
    }

    private IsolationLevel isolation() {
        return settings.delivery() == DeliveryGuarantee.EXACTLY_ONCE
                ? IsolationLevel.READ_COMMITTED
                : IsolationLevel.READ_UNCOMMITTED;
    }

    /** Ends all processes, by their ids. */
    @Override
    public void close() {
        cluster.close();
    }
}
