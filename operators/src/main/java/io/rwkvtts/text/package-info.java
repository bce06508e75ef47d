/**
 * Text on its way to tokens: the RWKV World tokenizer with readers for the forms its vocabulary
 * comes in (spec 2), the checks of a request's text, and its segmentation at sentence ends (spec
 * 3.7).
 *
 * <p>Every class here is immutable or stateless, so one instance serves all threads.
 */
package io.rwkvtts.text;
