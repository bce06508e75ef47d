/**
 * Checkpoints of RWKV-7 models: {@link io.rwkvtts.checkpoint.Checkpoint} reads the tensors of
 * safetensors files in any of their public namings, {@link io.rwkvtts.checkpoint.ModelShape} has
 * the sizes found in them, and {@link io.rwkvtts.checkpoint.RandomCheckpoint} writes a checkpoint
 * of any shape with random weights.
 */
package io.rwkvtts.checkpoint;
