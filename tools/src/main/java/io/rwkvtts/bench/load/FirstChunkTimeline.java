package io.rwkvtts.bench.load;

import java.util.List;

/**
 * Where the time to the first chunk goes: its stages one after the other, then what the loop did
 * from slot to chunk. Milliseconds. Percentiles of stages do not add up to that of the whole.
 *
 * @param inMs from when the request was due to its arrival where it is generated: the client, Kafka
 *     and the job's source
 * @param queueMs arrival to slot
 * @param promptMs slot to the end of the prompt
 * @param firstTokenMs end of the prompt to the first semantic token; with the tokens of the speaker
 *     if they are generated
 * @param chunkMs first semantic token to the chunk
 * @param outMs the chunk's way to the client through Kafka
 * @param stepsMs from slot to chunk: steps were computed
 * @param promptsMs from slot to chunk: prompts were computed, anyone's
 * @param otherMs from slot to chunk: neither
 */
public record FirstChunkTimeline(
        Percentiles inMs,
        Percentiles queueMs,
        Percentiles promptMs,
        Percentiles firstTokenMs,
        Percentiles chunkMs,
        Percentiles outMs,
        Percentiles stepsMs,
        Percentiles promptsMs,
        Percentiles otherMs) {

    /**
     * Of some requests.
     *
     * @param traces of requests that have had their first chunk
     * @param times of the same requests
     */
    static FirstChunkTimeline of(List<RequestTrace> traces, List<FirstChunkTimes.InJob> times) {
        Latency in = new Latency();
        Latency queue = new Latency();
        Latency prompt = new Latency();
        Latency firstToken = new Latency();
        Latency chunk = new Latency();
        Latency out = new Latency();
        Latency steps = new Latency();
        Latency prompts = new Latency();
        Latency other = new Latency();
        for (int i = 0; i < traces.size(); i++) {
            RequestTrace trace = traces.get(i);
            FirstChunkTimes.InJob time = times.get(i);
            in.add(time.arrivedAt() - trace.dueAt());
            queue.add(time.queue());
            prompt.add(time.prompt());
            firstToken.add(time.firstToken());
            chunk.add(time.chunk());
            out.add(trace.dueAt() + trace.firstChunkNanos() - time.chunkAt());
            steps.add(time.steps());
            prompts.add(time.prompts());
            other.add(time.inSlot() - time.steps() - time.prompts());
        }
        return new FirstChunkTimeline(
                in.percentiles(),
                queue.percentiles(),
                prompt.percentiles(),
                firstToken.percentiles(),
                chunk.percentiles(),
                out.percentiles(),
                steps.percentiles(),
                prompts.percentiles(),
                other.percentiles());
    }
}
