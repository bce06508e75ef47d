package io.rwkvtts.synthesis;

import io.rwkvtts.engine.EngineModel;

/**
 * What made a recurrent state, and in which layout it is.
 *
 * @param weightsId weights that made it
 * @param numericsId numerics that made it
 * @param layout layout of its bytes
 */
public record StateIds(String weightsId, String numericsId, int layout) {

    /** Those of the states of a model. */
    public static StateIds of(EngineModel model) {
        return new StateIds(model.weightsId(), model.numericsId(), model.stateLayout());
    }
}
