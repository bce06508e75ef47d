package io.rwkvtts.job.bench.micro;

import io.rwkvtts.job.bench.Surroundings;
import java.util.List;

/**
 * What {@link MicroBench#tokenizer} found.
 *
 * @param surroundings where and when
 * @param results for each kind of text
 */
public record TokenizerReport(Surroundings surroundings, List<TokenizerResult> results) {}
