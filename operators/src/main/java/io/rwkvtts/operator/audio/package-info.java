/**
 * The optional stage after Synthesize: tokens of a request become its sound, with the tokens that
 * later samples need in keyed state.
 */
package io.rwkvtts.operator.audio;
