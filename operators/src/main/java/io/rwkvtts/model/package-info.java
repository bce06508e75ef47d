/**
 * RWKV-7 models: {@link io.rwkvtts.model.Checkpoint} reads the tensors of a safetensors file in any
 * of its public namings, {@link io.rwkvtts.model.RandomCheckpoint} makes one of any shape, {@link
 * io.rwkvtts.model.ModelExporter} turns one into a {@link io.rwkvtts.model.ModelDirectory} with an
 * ONNX graph ({@code Rwkv7Graph}), and {@link io.rwkvtts.model.ModelCache} does so once per
 * checkpoint.
 */
package io.rwkvtts.model;
