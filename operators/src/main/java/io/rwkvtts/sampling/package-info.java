/**
 * Drawing a token from logits (spec 3.5): truncation by probability and by rank, temperature, and
 * random numbers that are a function of a counter.
 *
 * <p>Results are the same on every JVM: what a token is drawn with takes the four basic operations
 * only, in a fixed order. A logarithm serves as a bound, with room for its error, of what need not
 * be looked at.
 */
package io.rwkvtts.sampling;
