/**
 * Guards what was reached: {@link io.rwkvtts.bench.check.BaselineCheck} compares runs of the
 * engine's benchmark with a recorded one.
 */
package io.rwkvtts.bench.check;
