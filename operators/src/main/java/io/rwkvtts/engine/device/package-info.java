/**
 * Chooses between the engines: {@link io.rwkvtts.engine.device.EngineLadder} takes a CUDA device
 * where it is wanted and works, and the CPU else.
 */
package io.rwkvtts.engine.device;
