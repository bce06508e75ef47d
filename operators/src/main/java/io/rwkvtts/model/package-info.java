/**
 * RWKV-7 checkpoints: reading the tensors of a safetensors file in any of its public namings, the
 * sizes found in them, and random checkpoints of any shape.
 */
package io.rwkvtts.model;
