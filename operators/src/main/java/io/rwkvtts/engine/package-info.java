/**
 * Stepping RWKV-7: slots that hold the states of sequences, prefill of prompts, batched steps of
 * one token each, saving and loading of states.
 *
 * <p>{@link io.rwkvtts.engine.InferenceEngine} is what the callers see. All use of ONNX Runtime
 * stays in this package.
 */
package io.rwkvtts.engine;
