package io.rwkvtts.bench.load;

import io.rwkvtts.job.SpeechModel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.apache.flink.configuration.Configuration;

/**
 * What {@link JobBench} measures.
 *
 * @param name of the model
 * @param model to generate with
 * @param options of the job, that lead to the model, and of Flink
 * @param texts lengths of texts
 * @param streams numbers of streams
 * @param load share of the capacity at which requests arrive, above 0 and below 1
 * @param tokensPerSegment semantic tokens that every segment is made to have, for a model that does
 *     not know when to stop; empty to leave it to the model
 * @param warmUp time before a measurement
 * @param window time measured
 * @param fewestRequests of open-loop arrivals to measure, even if it takes longer
 */
public record JobBenchSettings(
        String name,
        SpeechModel model,
        Configuration options,
        List<TextLength> texts,
        List<Integer> streams,
        double load,
        OptionalInt tokensPerSegment,
        Duration warmUp,
        Duration window,
        int fewestRequests) {

    /**
     * @throws IllegalArgumentException if the load is out of range
     */
    public JobBenchSettings {
        texts = List.copyOf(texts);
        streams = List.copyOf(streams);
        if (!(load > 0 && load < 1)) {
            throw new IllegalArgumentException(
                    "load is " + load + ", expected a share of the capacity above 0 and below 1");
        }
    }

    int mostStreams() {
        return streams.stream().mapToInt(Integer::intValue).max().orElse(1);
    }
}
