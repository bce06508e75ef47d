package io.rwkvtts.engine;

/**
 * What a caller must know of the model in an engine.
 *
 * @param weightsId content hash of the checkpoint: equal ids, equal weights
 * @param numericsId hash of all else that decides the bits of a result: graph, quantisation,
 *     runtime version, kind of processor for 8-bit weights
 * @param stateLayout version of the byte layout of {@link InferenceEngine#saveState}
 * @param vocabRows rows of the embedding table: tokens to feed are in [0, vocabRows)
 * @param headRows rows of the head that were exported: logits per token
 * @param stateBytes bytes of one slot's state
 */
public record EngineModel(
        String weightsId,
        String numericsId,
        int stateLayout,
        int vocabRows,
        int headRows,
        int stateBytes) {}
