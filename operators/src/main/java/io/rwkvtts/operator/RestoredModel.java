package io.rwkvtts.operator;

import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.synthesis.UtteranceSnapshot;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds restored states against the model that is to go on from them: the weights must be the same;
 * other numerics are logged, once.
 */
final class RestoredModel {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredModel.class);

    private final EngineModel model;
    private boolean numericsLogged;

    RestoredModel(EngineModel model) {
        this.model = model;
    }

    /**
     * @throws SuppressRestartsException if the state of request {@code id} was made by other
     *     weights or in a layout that this engine does not read
     */
    void check(String id, UtteranceSnapshot utterance) {
        if (!utterance.weightsId().equals(model.weightsId())
                || utterance.stateLayout() != model.stateLayout()) {
            throw new SuppressRestartsException(
                    new IllegalStateException(
                            "request "
                                    + id
                                    + " is in mid-speech with the state of model "
                                    + utterance.weightsId()
                                    + " (layout "
                                    + utterance.stateLayout()
                                    + "), but this job runs model "
                                    + model.weightsId()
                                    + " (layout "
                                    + model.stateLayout()
                                    + "): start it with the old model, let the running requests"
                                    + " end, then change the model"));
        }
        if (!numericsLogged && !utterance.numericsId().equals(model.numericsId())) {
            numericsLogged = true;
            LOG.warn(
                    "Requests restored from a snapshot go on with other numerics ({} before, {} now):"
                            + " same weights, but tokens may differ from an undisturbed run",
                    utterance.numericsId(),
                    model.numericsId());
        }
    }
}
