package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.operator.SnapshotSettings.OtherWeights;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.SegmentSnapshot;
import io.rwkvtts.synthesis.StateIds;
import java.util.stream.IntStream;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares restored states with the model that is to continue from them. The same weights: the
 * state loads; other numerics are logged, once. Other weights: refused, or the state is computed
 * again from the tokens. The same weights in another layout: computed again.
 */
final class RestoredModel {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredModel.class);

    private final EngineModel model;
    private final OtherWeights otherWeights;
    private boolean numericsLogged;
    private boolean weightsLogged;

    RestoredModel(EngineModel model, OtherWeights otherWeights) {
        this.model = model;
        this.otherWeights = otherWeights;
    }

    /**
     * A stored request as this model can continue it.
     *
     * @throws SuppressRestartsException if it was begun with other weights and that is not allowed
     */
    RequestSnapshot adapt(RequestSnapshot request) {
        SegmentSnapshot active = request.active();
        if (active == null) {
            return request;
        }
        StateIds ids = active.ids();
        if (!ids.weightsId().equals(model.weightsId())) {
            changeWeights(request.id(), active);
        } else if (ids.layout() == model.stateLayout()) {
            logNumerics(ids.numericsId());
            return request;
        }
        return request.withActive(active.withoutState());
    }

    private void changeWeights(String id, SegmentSnapshot active) {
        if (otherWeights == OtherWeights.REFUSE) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "request "
                                    + id
                                    + " runs with model "
                                    + active.ids().weightsId()
                                    + ", but this job runs model "
                                    + model.weightsId()
                                    + ". Start it with the old model and let the running requests"
                                    + " end before you change it, or set "
                                    + SnapshotSettings.OTHER_WEIGHTS.key()
                                    + " to 'recompute' to have them continue"
                                    + " with the new model"));
        }
        int largest = IntStream.of(active.prompt()).max().orElse(0);
        if (largest >= model.vocabRows()) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "request "
                                    + id
                                    + " runs with token "
                                    + largest
                                    + " in its prompt, but model "
                                    + model.weightsId()
                                    + " knows tokens below "
                                    + model.vocabRows()
                                    + " only: let the running requests end with the old model"));
        }
        if (!weightsLogged) {
            weightsLogged = true;
            LOG.warn(
                    "Restored requests continue with other weights ({} before, {} now);"
                            + " their states are computed again from their tokens",
                    active.ids().weightsId(),
                    model.weightsId());
        }
    }

    private void logNumerics(String before) {
        if (!numericsLogged && !before.equals(model.numericsId())) {
            numericsLogged = true;
            LOG.warn(
                    "Restored requests continue with other numerics ({} before, {} now):"
                            + " same weights, but tokens may differ from an undisturbed run",
                    before,
                    model.numericsId());
        }
    }
}
