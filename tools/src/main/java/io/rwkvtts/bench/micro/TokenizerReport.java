package io.rwkvtts.bench.micro;

import io.rwkvtts.bench.Surroundings;
import java.util.List;

/**
 * What {@link MicroBench#tokenizer} found.
 *
 * @param surroundings where and when
 * @param results for each kind of text
 */
public record TokenizerReport(Surroundings surroundings, List<TokenizerResult> results) {}
