/**
 * ONNX Runtime in this process: its environment, memory outside the Java heap and tensors over it,
 * and the library of the project's own operators. It knows no model.
 */
package io.rwkvtts.onnx;
