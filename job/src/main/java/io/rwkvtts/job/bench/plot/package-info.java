/**
 * Draws what was measured: {@link io.rwkvtts.job.bench.plot.PerformancePicture} is the picture of
 * the documentation.
 */
package io.rwkvtts.job.bench.plot;
