/**
 * The protocol of the RWKV text-to-speech models (spec 3 and 4.1): the id space that text, voices
 * and audio share, prompts, reference voices, and for each segment of text what to sample, what to
 * feed next and when to stop. It knows neither the engine nor the scheduling.
 */
package io.rwkvtts.protocol;
