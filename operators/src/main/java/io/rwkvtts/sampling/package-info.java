/**
 * Drawing a token from logits (spec 3.5): truncation by probability and by rank, temperature, and
 * random numbers that are a function of a counter.
 *
 * <p>Results are the same on every JVM: only the four basic operations are used, in a fixed order.
 */
package io.rwkvtts.sampling;
