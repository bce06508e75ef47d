package io.rwkvtts.operator;

import static java.util.Objects.requireNonNull;

import io.rwkvtts.scheduling.NanoClock;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.util.OutputTag;

/**
 * Makes the operator that generates: {@link RequestEvent}s keyed by request id to {@link
 * TokenChunk}s.
 */
public final class SynthesizeOperatorFactory extends AbstractStreamOperatorFactory<TokenChunk>
        implements OneInputStreamOperatorFactory<RequestEvent, TokenChunk> {

    private static final long serialVersionUID = 1L;

    private final EngineFactory engines;
    private final SynthesisSettings settings;
    private final ControlSettings control;
    private final OutputTag<RejectedRecord> deadLetters;
    private final NanoClock nanos;
    private final RunningCheck runningCheck;

    /**
     * @param engines opens the engine of each subtask
     * @param settings what the operator needs to know
     * @param deadLetters side output for records that cannot be served
     */
    public SynthesizeOperatorFactory(
            EngineFactory engines,
            SynthesisSettings settings,
            OutputTag<RejectedRecord> deadLetters) {
        this(engines, settings, null, deadLetters);
    }

    /**
     * @param engines opens the engine of each subtask
     * @param settings what the operator needs to know
     * @param control where changes of options come from; null for none
     * @param deadLetters side output for records that cannot be served
     */
    public SynthesizeOperatorFactory(
            EngineFactory engines,
            SynthesisSettings settings,
            ControlSettings control,
            OutputTag<RejectedRecord> deadLetters) {
        this(engines, settings, control, deadLetters, NanoClock.SYSTEM, RunningCheck.OF_FLINK);
    }

    SynthesizeOperatorFactory(
            EngineFactory engines,
            SynthesisSettings settings,
            ControlSettings control,
            OutputTag<RejectedRecord> deadLetters,
            NanoClock nanos,
            RunningCheck runningCheck) {
        this.engines = requireNonNull(engines, "engines");
        this.settings = requireNonNull(settings, "settings");
        this.control = control;
        this.deadLetters = requireNonNull(deadLetters, "deadLetters");
        this.nanos = requireNonNull(nanos, "nanos");
        this.runningCheck = requireNonNull(runningCheck, "runningCheck");
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends StreamOperator<TokenChunk>> T createStreamOperator(
            StreamOperatorParameters<TokenChunk> parameters) {
        return (T)
                new SynthesizeOperator(
                        parameters, engines, settings, control, deadLetters, nanos, runningCheck);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return SynthesizeOperator.class;
    }
}
