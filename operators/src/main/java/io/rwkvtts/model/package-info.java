/**
 * Models in the form that an engine loads: {@link io.rwkvtts.model.ModelExporter} turns a
 * checkpoint into a {@link io.rwkvtts.model.ModelDirectory} with an ONNX graph ({@code
 * Rwkv7Graph}), and {@link io.rwkvtts.model.ModelCache} does so once per checkpoint.
 */
package io.rwkvtts.model;
