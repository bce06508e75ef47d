/**
 * Text on its way to tokens: the RWKV World tokenizer with readers for the forms its vocabulary
 * comes in (spec 2), the checks of a request's text, its normal form, and its segmentation at
 * sentence ends (spec 3.7).
 *
 * <p>The classes that other packages use are immutable, so that one instance serves all threads;
 * but {@link io.rwkvtts.text.NormalizedText} is the text of one request.
 */
package io.rwkvtts.text;
