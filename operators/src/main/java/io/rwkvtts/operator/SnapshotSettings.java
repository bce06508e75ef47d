package io.rwkvtts.operator;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/**
 * What checkpoints keep of requests, and what becomes of it.
 *
 * @param mode what a checkpoint keeps of a request in mid-generation
 * @param otherWeights what happens to a request that was begun with other weights
 */
public record SnapshotSettings(Mode mode, OtherWeights otherWeights) implements Serializable {

    /** What a checkpoint keeps of a request in mid-generation. */
    public enum Mode {
        /** The bits of its recurrent state: megabytes, and a restore continues at once. */
        STATE,
        /** Its tokens: kilobytes, and a restore feeds them to the model again. */
        TOKENS
    }

    /** What happens to a request that was begun with other weights. */
    public enum OtherWeights {
        /** The job does not start. */
        REFUSE,
        /** Its state is computed again from its tokens, and it continues with the new weights. */
        RECOMPUTE
    }

    /** What checkpoints keep of running requests. */
    public static final ConfigOption<Mode> MODE =
            ConfigOptions.key("tts.snapshot.mode")
                    .enumType(Mode.class)
                    .defaultValue(Mode.STATE)
                    .withDescription(
                            "'state': a checkpoint holds the recurrent state of every running"
                                    + " request, and a restore continues at once. 'tokens': it holds"
                                    + " their tokens only, a few KB each, and a restore feeds them"
                                    + " to the model again, at the speed of prefill.");

    /** Change of the model. */
    public static final ConfigOption<OtherWeights> OTHER_WEIGHTS =
            ConfigOptions.key("tts.restore.other-weights")
                    .enumType(OtherWeights.class)
                    .defaultValue(OtherWeights.REFUSE)
                    .withDescription(
                            "What happens to running requests when a savepoint is restored"
                                    + " with another model. 'refuse': the job does not start."
                                    + " 'recompute': they continue with the new model, their states"
                                    + " computed again from their tokens.");

    /** Reads the options. */
    static SnapshotSettings from(ReadableConfig config) {
        return new SnapshotSettings(config.get(MODE), config.get(OTHER_WEIGHTS));
    }
}
