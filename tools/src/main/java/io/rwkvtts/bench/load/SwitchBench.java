package io.rwkvtts.bench.load;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.job.EngineSettings;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.text.WorldTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the job with each optimisation and without it, in turns, with the same requests. Every run
 * is a process of its own. Each text comes {@value #TIMES_OF_A_TEXT} times, as in a service whose
 * users ask for the same: what a cache saves here it saves only at this rate of repetition.
 */
public final class SwitchBench {

    private static final Logger LOG = LoggerFactory.getLogger(SwitchBench.class);

    private static final int TIMES_OF_A_TEXT = 4;

    /** Fewer than requests, so that most of them begin while others are generated. */
    private static final int SLOTS = 8;

    private final SwitchBenchSettings settings;
    private final List<TextEvent> warmUp;
    private final List<TextEvent> requests;

    /** A benchmark to be run. */
    public SwitchBench(SwitchBenchSettings settings) {
        this.settings = settings;
        WorldTokenizer tokenizer = WorldTokenizer.load(settings.model().vocabulary());
        // Not the same texts: what was generated once could be in a cache.
        warmUp = requests("warm-up-", 1, Math.max(1, settings.requests() / 4), tokenizer);
        requests = requests("measured-", 2, settings.requests(), tokenizer);
    }

    private static int texts(int requests) {
        return Math.max(1, requests / TIMES_OF_A_TEXT);
    }

    private List<TextEvent> requests(
            String prefix, long seed, int count, WorldTokenizer tokenizer) {
        Requests made =
                new Requests(
                        prefix,
                        TextLength.MEDIUM,
                        seed,
                        OptionalInt.of(settings.tokensPerSegment()),
                        tokenizer);
        int texts = texts(count);
        List<TextEvent> different = IntStream.range(0, texts).mapToObj(i -> made.next()).toList();
        return IntStream.range(0, count)
                .mapToObj(
                        i ->
                                TextEvent.newBuilder(different.get(i % texts))
                                        .setRequestId(prefix + i)
                                        .build())
                .toList();
    }

    /** Runs it. */
    public SwitchReport run() throws Exception {
        Surroundings surroundings = Surroundings.now();
        List<SwitchResult> results = new ArrayList<>();
        for (Switch each : settings.switches()) {
            results.add(measure(each));
        }
        return new SwitchReport(
                surroundings,
                settings.name(),
                BenchModel.label(settings.model().directory().quantization()),
                settings.requests(),
                texts(settings.requests()),
                results);
    }

    private SwitchResult measure(Switch optimisation) throws Exception {
        List<SwitchRun> off = new ArrayList<>();
        List<SwitchRun> on = new ArrayList<>();
        for (int pair = 0; pair < settings.pairs(); pair++) {
            // Neither is always the first of its pair.
            if (pair % 2 == 0) {
                off.add(run(optimisation, false));
                on.add(run(optimisation, true));
            } else {
                on.add(run(optimisation, true));
                off.add(run(optimisation, false));
            }
        }
        return result(optimisation.name(), off, on);
    }

    private SwitchRun run(Switch optimisation, boolean on) throws Exception {
        LOG.info("{} {}", optimisation.name(), on ? "on" : "off");
        Configuration options = new Configuration();
        options.set(EngineSettings.SLOTS, SLOTS);
        options.addAll(settings.options());
        options.addAll(Configuration.fromMap(on ? optimisation.on() : optimisation.off()));
        return SwitchRun.of(
                options, on ? optimisation.jvmOn() : optimisation.jvmOff(), warmUp, requests);
    }

    private static SwitchResult result(String name, List<SwitchRun> off, List<SwitchRun> on) {
        Samples speedUps = new Samples();
        boolean identical = true;
        for (int pair = 0; pair < off.size(); pair++) {
            speedUps.add(on.get(pair).tokensPerSecond() / off.get(pair).tokensPerSecond());
            identical &= off.get(pair).tokens().equals(off.get(0).tokens());
            identical &= on.get(pair).tokens().equals(off.get(0).tokens());
        }
        return new SwitchResult(
                name,
                off.size(),
                median(off.stream().mapToDouble(SwitchRun::tokensPerSecond).toArray()),
                median(on.stream().mapToDouble(SwitchRun::tokensPerSecond).toArray()),
                speedUps.median(),
                speedUps.least(),
                speedUps.greatest(),
                median(off.stream().mapToDouble(SwitchRun::firstChunkMs).toArray()),
                median(on.stream().mapToDouble(SwitchRun::firstChunkMs).toArray()),
                identical);
    }

    private static double median(double[] values) {
        Samples samples = new Samples();
        for (double value : values) {
            samples.add(value);
        }
        return samples.median();
    }
}
