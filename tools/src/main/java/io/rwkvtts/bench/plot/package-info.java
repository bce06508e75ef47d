/**
 * Draws what was measured: {@link io.rwkvtts.bench.plot.PerformancePicture} is the picture of the
 * documentation.
 */
package io.rwkvtts.bench.plot;
