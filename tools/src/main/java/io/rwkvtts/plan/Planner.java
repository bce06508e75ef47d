package io.rwkvtts.plan;

import io.rwkvtts.protocol.GenerationLimits;
import java.util.Optional;

/** Looks for the number of slots with which one engine serves the most listeners. */
public final class Planner {

    private static final double MS_PER_TOKEN = GenerationLimits.NANOS_PER_TOKEN / 1e6;
    private static final int UNMEASURED = 100;
    private static final int SEARCHED = 500;
    private static final int SHOWN = 2000;
    private static final int HALVINGS = 8;
    private static final double LEAST_SHARE = 0.01;

    private final Measurements costs;
    private final Texts texts;
    private final Objectives objectives;
    private final long seed;

    /** A planner whose simulations all begin with the seed. */
    public Planner(Measurements costs, Texts texts, Objectives objectives, long seed) {
        this.costs = costs;
        this.texts = texts;
        this.objectives = objectives;
        this.seed = seed;
    }

    /**
     * The best number of slots with the load that leaves the reserve; empty if no load meets the
     * objectives.
     */
    public Optional<EngineLoad> most() {
        Optional<EngineLoad> best = Optional.empty();
        int most = costs.stepMs().measured().lastKey();
        for (int slots = 1; slots <= most; slots *= 2) {
            double listeners = most(slots) / (1 + objectives.reserve());
            if (listeners > best.map(EngineLoad::listeners).orElse(0.0)) {
                best = Optional.of(load(slots, listeners));
            }
        }
        return best;
    }

    /** An engine that is hardly used: what no number of machines can better. */
    public SimulationResult idle() {
        return simulate(1, LEAST_SHARE * mostListeners(1), SEARCHED);
    }

    /** The engine with that many slots and listeners. */
    public EngineLoad load(int slots, double listeners) {
        return new EngineLoad(slots, listeners, simulate(slots, listeners, SHOWN));
    }

    /** Most listeners with that many slots, 0 for none. */
    private double most(int slots) {
        double bad = mostListeners(slots);
        double good = LEAST_SHARE * bad;
        if (!objectives.met(simulate(slots, good, SEARCHED))) {
            return 0;
        }
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (good + bad) / 2;
            if (objectives.met(simulate(slots, middle, SEARCHED))) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        return good;
    }

    private SimulationResult simulate(int slots, double listeners, int requests) {
        double perSecond = listeners / texts.meanSpeechSeconds();
        return new Simulation(costs, slots, texts, perSecond, seed).run(UNMEASURED, requests);
    }

    /** If there were no prompts and all slots were always busy. */
    private double mostListeners(int slots) {
        return slots * MS_PER_TOKEN / costs.stepMs().at(slots);
    }
}
