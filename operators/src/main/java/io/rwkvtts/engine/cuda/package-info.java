/**
 * The engine on CUDA devices: {@link io.rwkvtts.engine.cuda.CudaEngine}, with the states of all
 * slots in the memory of the device. Experimental: run with an emulated device only, never on a
 * card.
 */
package io.rwkvtts.engine.cuda;
