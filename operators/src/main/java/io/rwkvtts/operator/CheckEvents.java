package io.rwkvtts.operator;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.protocol.VoiceFileException;
import io.rwkvtts.synthesis.RequestRules;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Checks every record as it comes in. What cannot be served goes to the side output; if at least
 * its request is known, the event is also passed on, marked invalid, because only the keyed
 * operator knows the sequence number with which to end that request.
 *
 * <p>Chained to the source and never rebalanced, so that the order of a request's events is kept.
 */
public final class CheckEvents extends ProcessFunction<SourceRecord, RequestEvent> {

    private static final long serialVersionUID = 1L;

    private final SynthesisSettings settings;
    private final OutputTag<RejectedRecord> deadLetters;

    private transient RequestRules rules;
    private transient Counter undecodable;
    private transient Counter invalid;
    private transient Counter keyMismatches;

    /**
     * @param settings limits and voices
     * @param deadLetters side output for records that cannot be served
     */
    public CheckEvents(SynthesisSettings settings, OutputTag<RejectedRecord> deadLetters) {
        this.settings = requireNonNull(settings, "settings");
        this.deadLetters = requireNonNull(deadLetters, "deadLetters");
    }

    @Override
    public void open(OpenContext context) throws Exception {
        try {
            rules = settings.rules();
        } catch (VoiceFileException e) {
            throw StartFailure.of(e);
        }
        MetricGroup group = getRuntimeContext().getMetricGroup().addGroup(MetricNames.GROUP);
        undecodable = deadLetterCounter(group, RejectedRecord.Reason.UNDECODABLE);
        invalid = deadLetterCounter(group, RejectedRecord.Reason.INVALID);
        keyMismatches = group.counter(MetricNames.KEY_MISMATCHES);
    }

    private static Counter deadLetterCounter(MetricGroup group, String reason) {
        return group.addGroup(MetricNames.REASON, reason).counter(MetricNames.DEAD_LETTERS);
    }

    @Override
    public void processElement(
            SourceRecord record, Context context, Collector<RequestEvent> output) {
        if (record.keyDiffers()) {
            keyMismatches.inc();
        }
        if (record.rejected() != null) {
            reject(record.rejected(), context, output);
            return;
        }
        RequestEvent event = record.event();
        try {
            RequestRules.checkId(event.requestId());
        } catch (IllegalArgumentException e) {
            reject(event, e, context);
            return;
        }
        // Not in the try: what fails further on is not the sender's fault.
        output.collect(checked(event, context));
    }

    /** The event to pass on: as it is, or marked invalid. */
    private RequestEvent checked(RequestEvent event, Context context) {
        try {
            if (!event.cancel()) {
                rules.check(event.piece(), event.attributes(), event.timestampMs());
            }
            return event;
        } catch (IllegalArgumentException e) {
            reject(event, e, context);
            return event.rejected(e.getMessage());
        }
    }

    private void reject(RejectedRecord record, Context context, Collector<RequestEvent> output) {
        undecodable.inc();
        context.output(deadLetters, record);
        if (record.requestId() == null) {
            return;
        }
        try {
            RequestRules.checkId(record.requestId());
        } catch (IllegalArgumentException e) {
            // No request can have this id.
            return;
        }
        output.collect(record.event());
    }

    private void reject(RequestEvent event, IllegalArgumentException reason, Context context) {
        invalid.inc();
        context.output(deadLetters, RejectedRecord.invalid(event, reason.getMessage()));
    }
}
