/** What engines share that run an exported graph on ONNX Runtime. */
package io.rwkvtts.engine.graph;
