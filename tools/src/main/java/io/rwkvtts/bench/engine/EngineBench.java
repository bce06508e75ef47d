package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Surroundings;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps and prefills of some models, and what the machine could do at most.
 *
 * <p>All engines are open at the same time and take turns, round after round: a machine that is
 * slower for a while is so for all of them. What it could do is measured in the same rounds.
 */
public final class EngineBench {

    private static final Logger LOG = LoggerFactory.getLogger(EngineBench.class);

    private final EngineBenchSettings settings;
    private final EngineOpener opener;

    /** A benchmark to be run. */
    public EngineBench(EngineBenchSettings settings, EngineOpener opener) {
        this.settings = settings;
        this.opener = opener;
    }

    /** Runs it. */
    public EngineReport run() throws IOException {
        Surroundings surroundings = Surroundings.now();
        int threads = settings.threads();
        List<InferenceEngine> engines = new ArrayList<>();
        Set<Long> weightBytes =
                settings.models().stream().map(BenchModel::weightBytes).collect(Collectors.toSet());
        try (MachineRates rates = new MachineRates(threads, weightBytes)) {
            List<StepCase> steps = new ArrayList<>();
            List<PrefillCase> prefills = new ArrayList<>();
            for (BenchModel model : settings.models()) {
                InferenceEngine engine = open(model);
                engines.add(engine);
                settings.batches().forEach(b -> steps.add(new StepCase(engine, model, b, threads)));
                settings.prompts()
                        .forEach(t -> prefills.add(new PrefillCase(engine, model, t, threads)));
            }
            for (int round = 0; round < settings.rounds(); round++) {
                LOG.info("Round {} of {}", round + 1, settings.rounds());
                rates.round();
                steps.forEach(step -> step.turn(settings.turn()));
                prefills.forEach(prefill -> prefill.turn(settings.turn()));
            }
            Machine machine = rates.machine();
            return new EngineReport(
                    surroundings,
                    machine,
                    steps.stream().map(step -> step.result(machine)).toList(),
                    prefills.stream().map(prefill -> prefill.result(machine)).toList());
        } finally {
            engines.forEach(InferenceEngine::close);
        }
    }

    private InferenceEngine open(BenchModel model) {
        return opener.open(
                model.directory(),
                new EngineOptions(settings.slots(), settings.threads(), true, false));
    }
}
