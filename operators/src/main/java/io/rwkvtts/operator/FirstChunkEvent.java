package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestClock;
import io.rwkvtts.synthesis.SpeechRequest;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * The first chunk of a request went out, as an event of the JDK's Flight Recorder: where its time
 * went. Without a recording it is one small object for each request. The fields are nanoseconds.
 */
@Name(FirstChunkEvent.NAME)
@Label("First chunk")
@Category("flink-rwkv-tts")
@StackTrace(false)
public final class FirstChunkEvent extends Event {

    /** Name to enable it by. */
    public static final String NAME = "io.rwkvtts.FirstChunk";

    @Label("Request id")
    final String requestId;

    @Label("Queue")
    @Description("Arrival to slot")
    @Timespan
    final long queue;

    @Label("Prompt")
    @Description("Slot to the end of the prompt")
    @Timespan
    final long prompt;

    @Label("First token")
    @Description("End of the prompt to the first semantic token, with the tokens of the speaker")
    @Timespan
    final long firstToken;

    @Label("Chunk")
    @Description("First semantic token to the chunk")
    @Timespan
    final long chunk;

    @Label("Steps")
    @Description("Of slot to chunk: computing steps")
    @Timespan
    final long steps;

    @Label("Prompts")
    @Description("Of slot to chunk: computing prompts, anyone's")
    @Timespan
    final long prompts;

    private FirstChunkEvent(SpeechRequest request, RequestClock clock) {
        requestId = request.id();
        queue = clock.queueNanos();
        prompt = clock.prefillNanos();
        firstToken = clock.firstTokenNanos() - clock.queueNanos() - clock.prefillNanos();
        chunk = clock.firstChunkNanos() - clock.firstTokenNanos();
        steps = clock.stepNanos();
        prompts = clock.promptNanos();
    }

    /** Writes the event if a recording wants it. */
    static void commit(SpeechRequest request, RequestClock clock) {
        new FirstChunkEvent(request, clock).commit();
    }
}
