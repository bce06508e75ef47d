package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.bench.engine.EngineRate;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.device.EngineLadder;
import io.rwkvtts.job.DeviceSettings;
import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the whole job, from Kafka to Kafka, in a process of its own: what it can do at most, and
 * how long requests take below that.
 */
public final class JobBench {

    private static final Logger LOG = LoggerFactory.getLogger(JobBench.class);

    /** Semantic tokens of a request that is to outlast a measurement, 30 s of audio. */
    private static final int LASTING_TOKENS = 1500;

    private static final int WARM_UP_STREAMS = 4;

    private final JobBenchSettings settings;
    private final Configuration options;
    private final WorldTokenizer tokenizer;
    private int measurements;

    /** A benchmark to be run. */
    public JobBench(JobBenchSettings settings) {
        this.settings = settings;
        options = FlinkDefaults.options();
        options.addAll(settings.options());
        if (settings.options().getOptional(EngineSettings.SLOTS).isEmpty()) {
            options.set(
                    EngineSettings.SLOTS,
                    Math.max(EngineSettings.SLOTS.defaultValue(), settings.mostStreams()));
        }
        tokenizer = WorldTokenizer.load(settings.model().vocabulary());
    }

    /** Runs it. */
    public JobReport run() throws Exception {
        Surroundings surroundings = Surroundings.now();
        try (JobProcess process = new JobProcess(options, List.of());
                LoadClient client = new LoadClient(kafka(process));
                EngineRate engine = engine()) {
            warmUp(client, process);
            List<SaturatedResult> saturated = new ArrayList<>();
            for (int streams : settings.streams()) {
                saturated.add(saturated(client, process, engine, streams));
            }
            List<OpenLoopResult> openLoop = new ArrayList<>();
            try (FirstChunkTimes times = process.firstChunkTimes()) {
                for (TextLength text : settings.texts()) {
                    for (int streams : settings.streams()) {
                        openLoop.add(openLoop(client, process, times, text, streams));
                    }
                }
            }
            return new JobReport(
                    surroundings,
                    settings.name(),
                    BenchModel.label(settings.model().directory().quantization()),
                    options.get(CheckpointingOptions.CHECKPOINTING_INTERVAL).toMillis(),
                    settings.load(),
                    saturated,
                    openLoop,
                    process.peakMemoryBytes());
        }
    }

    private KafkaSettings kafka(JobProcess process) {
        Configuration clients = new Configuration(options);
        clients.set(KafkaOptions.BOOTSTRAP_SERVERS, process.bootstrapServers());
        return KafkaSettings.from(clients);
    }

    private EngineRate engine() throws IOException {
        int threads = options.get(EngineSettings.THREADS);
        return new EngineRate(
                EngineLadder.open(
                        options.get(DeviceSettings.DEVICE),
                        List.of(options.get(DeviceSettings.DEVICE_INDEX)),
                        settings.model().forms(),
                        new EngineOptions(
                                settings.mostStreams(),
                                threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
                                true,
                                false)));
    }

    private void warmUp(LoadClient client, JobProcess process) throws Exception {
        new BusyStreams(
                        client,
                        process,
                        requests(TextLength.SHORT, settings.tokensPerSegment()),
                        WARM_UP_STREAMS)
                .requestsPerSecond(settings.warmUp(), settings.warmUp());
    }

    private SaturatedResult saturated(
            LoadClient client, JobProcess process, EngineRate engine, int streams)
            throws Exception {
        LOG.info("{} streams that are always busy", streams);
        Samples alone = new Samples();
        BusyStreams.Pace busy =
                new BusyStreams(
                                client,
                                process,
                                requests(TextLength.SHORT, OptionalInt.of(LASTING_TOKENS)),
                                streams)
                        .pace(
                                settings.warmUp(),
                                settings.window(),
                                turn -> alone.add(engine.tokensPerSecond(streams, turn)));
        return new SaturatedResult(
                streams,
                busy.tokensPerSecond(),
                alone.mean(),
                busy.tokensPerSecond() / alone.mean(),
                busy.processors(),
                busy.allocatedBytesPerToken());
    }

    private OpenLoopResult openLoop(
            LoadClient client,
            JobProcess process,
            FirstChunkTimes times,
            TextLength text,
            int streams)
            throws Exception {
        LOG.info("{} texts, at a share of what {} busy streams get", text.label(), streams);
        double capacity =
                new BusyStreams(
                                client,
                                process,
                                requests(text, settings.tokensPerSegment()),
                                streams)
                        .requestsPerSecond(settings.warmUp(), settings.window());
        double rate = capacity * settings.load();
        ArrivalsResult arrivals =
                new Arrivals(
                                client,
                                process,
                                times,
                                requests(text, settings.tokensPerSegment()),
                                rate)
                        .run(2 + streams / 2, settings.window(), settings.fewestRequests());
        return new OpenLoopResult(
                text.label(),
                streams,
                capacity,
                rate,
                arrivals.requests(),
                arrivals.failed(),
                arrivals.semanticTokensPerSecond(),
                arrivals.firstChunkMs(),
                arrivals.timeline(),
                arrivals.interTokenMsChunkMean(),
                arrivals.endToEndMs(),
                arrivals.realTimeFactor(),
                arrivals.continuity(),
                arrivals.processors(),
                arrivals.allocatedBytesPerToken());
    }

    /** Each time other texts: those that the job has generated before could be in its cache. */
    private Requests requests(TextLength text, OptionalInt tokensPerSegment) {
        int number = measurements++;
        return new Requests("bench-" + number + "-", text, number, tokensPerSegment, tokenizer);
    }
}
