package io.rwkvtts.bench.load;

import io.rwkvtts.job.SpeechModel;
import java.util.List;
import org.apache.flink.configuration.Configuration;

/**
 * What {@link SwitchBench} measures.
 *
 * @param name of the model
 * @param model to generate with
 * @param options of the job, that lead to the model, and of Flink
 * @param switches to measure
 * @param pairs of runs of each
 * @param requests of a run
 * @param tokensPerSegment semantic tokens that every segment is made to have
 */
public record SwitchBenchSettings(
        String name,
        SpeechModel model,
        Configuration options,
        List<Switch> switches,
        int pairs,
        int requests,
        int tokensPerSegment) {}
