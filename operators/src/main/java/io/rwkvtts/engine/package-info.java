/**
 * Stepping RWKV-7: slots that hold the states of sequences, prefill of prompts, batched steps of
 * one token each, saving and loading of states.
 *
 * <p>{@link io.rwkvtts.engine.InferenceEngine} is the contract; this package knows no runtime and
 * no form of a model. The packages below it implement the contract.
 */
package io.rwkvtts.engine;
