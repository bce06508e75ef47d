/**
 * The engine on ONNX Runtime's CPU provider: {@link io.rwkvtts.engine.cpu.CpuEngine}, with the
 * states of the slots as rows of memory outside the Java heap.
 */
package io.rwkvtts.engine.cpu;
