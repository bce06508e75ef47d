package io.rwkvtts.job.kafka;

import io.rwkvtts.operator.ChunkPosition;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.RequestEvent;
import io.rwkvtts.operator.SourceRecord;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Answers each event with one chunk, whose tokens are the characters of the text, and the end. */
final class Echo extends ProcessFunction<SourceRecord, TokenChunk> {

    static final OutputTag<RejectedRecord> REJECTED =
            new OutputTag<>("rejected", TypeInformation.of(RejectedRecord.class));

    private static final long serialVersionUID = 1L;

    private static final AtomicLong EVENTS = new AtomicLong();

    /** Events that any of them has answered in this process. */
    static long events() {
        return EVENTS.get();
    }

    @Override
    public void processElement(SourceRecord record, Context context, Collector<TokenChunk> chunks) {
        if (record.rejected() != null) {
            context.output(REJECTED, record.rejected());
            return;
        }
        RequestEvent event = record.event();
        chunks.collect(chunk(event, 0, event.piece().text().chars().toArray(), null));
        chunks.collect(chunk(event, 1, new int[0], new SpeechEnd("stop", null)));
        EVENTS.incrementAndGet();
    }

    private static TokenChunk chunk(
            RequestEvent event, long sequence, int[] tokens, SpeechEnd end) {
        return new TokenChunk(
                event.requestId(),
                new ChunkPosition(sequence, 0, 0),
                tokens,
                null,
                "echo",
                end,
                event.timestampMs(),
                System.currentTimeMillis(),
                null);
    }
}
