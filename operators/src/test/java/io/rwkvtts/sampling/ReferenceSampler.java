package io.rwkvtts.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Spec 3.5 step by step, by sorting everything, with regard to nothing but legibility. */
final class ReferenceSampler {

    private ReferenceSampler() {}

    static int sample(float[] logits, int forbidden, SamplingParameters parameters, double u) {
        double[] l = new double[logits.length];
        int best = -1;
        for (int id = 0; id < l.length; id++) {
            l[id] = id == forbidden ? Double.NEGATIVE_INFINITY : logits[id];
            if (best < 0 || l[id] > l[best]) {
                best = id;
            }
        }
        if (parameters.temperature() == 0 || parameters.topK() == 1) {
            return best;
        }
        Map<Integer, Double> kept = keep(softmax(l, l[best]), parameters);
        if (parameters.temperature() != 1) {
            // The largest probability is divided out so that a low temperature does not underflow.
            double largest = kept.values().stream().max(Comparator.naturalOrder()).get();
            kept.replaceAll((id, p) -> StrictMath.pow(p / largest, 1 / parameters.temperature()));
        }
        double sum = kept.values().stream().mapToDouble(p -> p).sum();
        double running = 0;
        List<Integer> ids = kept.keySet().stream().sorted().toList();
        for (int id : ids) {
            running += kept.get(id) / sum;
            if (running > u) {
                return id;
            }
        }
        return ids.get(ids.size() - 1);
    }

    private static double[] softmax(double[] l, double max) {
        double[] p = new double[l.length];
        double sum = 0;
        for (int id = 0; id < l.length; id++) {
            p[id] = StrictMath.exp(l[id] - max);
            sum += p[id];
        }
        for (int id = 0; id < l.length; id++) {
            p[id] /= sum;
        }
        return p;
    }

    private static Map<Integer, Double> keep(double[] p, SamplingParameters parameters) {
        List<Integer> order = new ArrayList<>();
        for (int id = 0; id < p.length; id++) {
            if (p[id] > 0) {
                order.add(id);
            }
        }
        order.sort(Comparator.comparingDouble((Integer id) -> -p[id]).thenComparing(id -> id));
        double cutOff = 0;
        double running = 0;
        if (parameters.topP() < 1) {
            for (int id : order) {
                running += p[id];
                if (running >= parameters.topP()) {
                    cutOff = p[id];
                    break;
                }
            }
        }
        Map<Integer, Double> kept = new HashMap<>();
        for (int id : order) {
            boolean full = parameters.topK() > 0 && kept.size() == parameters.topK();
            if (p[id] >= cutOff && !full) {
                kept.put(id, p[id]);
            }
        }
        return kept;
    }
}
