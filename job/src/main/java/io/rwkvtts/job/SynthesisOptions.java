package io.rwkvtts.job;

import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.SynthesisSettings.OtherWeights;
import io.rwkvtts.operator.SynthesisSettings.SnapshotMode;
import io.rwkvtts.operator.SynthesisSettings.WhenFull;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.text.Segmenter;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/**
 * Options of the synthesis. Read from Flink's configuration of the cluster and the job, and from
 * the command line, which wins. Those of the job's ends in Kafka are in {@link
 * io.rwkvtts.job.kafka.KafkaOptions}.
 */
public final class SynthesisOptions {

    /** The model to generate with. */
    public static final ConfigOption<String> MODEL =
            ConfigOptions.key("tts.model")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Model directory made by 'tts export', or a .safetensors checkpoint,"
                                    + " which is exported into a cache on first use. The path must"
                                    + " lead to the same files on every TaskManager.");

    /** The vocabulary of the model. */
    public static final ConfigOption<String> VOCABULARY =
            ConfigOptions.key("tts.vocabulary")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Vocabulary file, .txt or .json. Not needed for a model directory that"
                                    + " holds its vocabulary.");

    /** Reference voices. */
    public static final ConfigOption<String> VOICES =
            ConfigOptions.key("tts.voices")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory of reference voices, <id>.raf.json each. Without it a request"
                                    + " can describe its voice by properties only.");

    /** Number format of the large matrices, for a checkpoint that is exported on first use. */
    public static final ConfigOption<String> QUANTIZE =
            ConfigOptions.key("tts.quantize")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Weights of a checkpoint that is exported on first use: "
                                    + String.join(", ", Quantization.described())
                                    + ". By default none. A model directory has its own and"
                                    + " refuses another.");

    /** Where exported checkpoints are kept. */
    public static final ConfigOption<String> CACHE_DIRECTORY =
            ConfigOptions.key("tts.cache.directory")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory in which a checkpoint that is exported on first use is kept."
                                    + " By default flink-rwkv-tts in $XDG_CACHE_HOME or, if that is"
                                    + " no absolute path, in .cache of the home directory ($HOME,"
                                    + " or that of the password file).");

    /** Requests generated at once. */
    public static final ConfigOption<Integer> SLOTS =
            ConfigOptions.key("tts.slots")
                    .intType()
                    .defaultValue(32)
                    .withDescription(
                            "Requests that one subtask generates at once; each holds one recurrent"
                                    + " state (6.5 MB for a model of 24 layers × 1024).");

    /** Subtasks of Synthesize. */
    public static final ConfigOption<Integer> PARALLELISM =
            ConfigOptions.key("tts.parallelism")
                    .intType()
                    .defaultValue(1)
                    .withDescription(
                            "Subtasks that generate, each with an engine and weights of its own. Up"
                                    + " to some 8 requests at once one engine with all processors"
                                    + " is fastest; with 16 and more, an engine for each of the"
                                    + " processors' last-level caches.");

    /** Key groups. */
    public static final ConfigOption<Integer> MAX_PARALLELISM =
            ConfigOptions.key("tts.max-parallelism")
                    .intType()
                    .defaultValue(128)
                    .withDescription(
                            "Most subtasks that a savepoint can be restored with. Must not change"
                                    + " over the life of a job.");

    /** Threads of an engine. */
    public static final ConfigOption<Integer> ENGINE_THREADS =
            ConfigOptions.key("tts.engine.threads")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Threads that compute a step, the task's own among them; 0 for the"
                                    + " processors of the machine divided by the engines in the"
                                    + " process, each of which serves one slot of a TaskManager. The"
                                    + " results do not depend on it.");

    /** Most prompt tokens between two steps. */
    public static final ConfigOption<Integer> PREFILL_CHUNK_TOKENS =
            ConfigOptions.key("tts.prefill.chunk-tokens")
                    .intType()
                    .defaultValue(256)
                    .withDescription(
                            "Most prompt tokens that are fed between two steps of the running"
                                    + " requests. Tokens do not depend on it.");

    /** States that prompts begin with. */
    public static final ConfigOption<MemorySize> PREFIX_CACHE_SIZE =
            ConfigOptions.key("tts.prefix-cache.size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(64))
                    .withDescription(
                            "Heap memory in which a subtask keeps the recurrent states after"
                                    + " prompts, and after the tokens of a voice at their"
                                    + " beginning, that came more than once: what is found there is"
                                    + " not fed again. 0 keeps none. The default keeps none for a model"
                                    + " with a larger state. Tokens do not depend on it.");

    /** Upper bound of a segment. */
    public static final ConfigOption<Integer> MAX_SEMANTIC_TOKENS =
            ConfigOptions.key("tts.max-semantic-tokens")
                    .intType()
                    .defaultValue(GenerationLimits.MAX)
                    .withDescription(
                            "Most semantic tokens of a segment, 50 for a second of audio; also the"
                                    + " most that a request may ask for.");

    /** Lower bound of a segment. */
    public static final ConfigOption<Integer> MIN_SEMANTIC_TOKENS =
            ConfigOptions.key("tts.min-semantic-tokens")
                    .intType()
                    .defaultValue(0)
                    .withDescription(
                            "Fewest semantic tokens of a segment: the end of speech is forbidden"
                                    + " before.");

    /** Whether the text bounds a segment, too. */
    public static final ConfigOption<Boolean> CAP_BY_TEXT =
            ConfigOptions.key("tts.max-semantic-tokens.by-text")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a segment is also cut off at the time that reading its text"
                                    + " could take at most (2 s, and 0.12 s a character, 0.6 s an"
                                    + " ideograph): a guard against a model that does not stop.");

    /** Guard against a voice that is stuck. */
    public static final ConfigOption<Integer> MAX_REPEATED_TOKENS =
            ConfigOptions.key("tts.max-repeated-tokens")
                    .intType()
                    .defaultValue(GenerationLimits.USUAL_MAX_REPEATED)
                    .withDescription(
                            "A segment is cut off when the same semantic token has come more often"
                                    + " than this in a row; 0 for never.");

    /** Longest text. */
    public static final ConfigOption<Integer> TEXT_MAX_CHARS =
            ConfigOptions.key("tts.text.max-chars")
                    .intType()
                    .defaultValue(10_000)
                    .withDescription(
                            "Most characters of the text of a request, all events together.");

    /** Shortest segment before another sentence joins it. */
    public static final ConfigOption<Integer> SEGMENT_MIN_UNITS =
            ConfigOptions.key("tts.segment.min-units")
                    .intType()
                    .defaultValue(Segmenter.DEFAULT_MIN_UNITS)
                    .withDescription(
                            "A sentence shorter than this is joined with the next; 1 for a letter,"
                                    + " 4 for a Han, kana or Hangul character.");

    /** Longest segment. */
    public static final ConfigOption<Integer> SEGMENT_MAX_UNITS =
            ConfigOptions.key("tts.segment.max-units")
                    .intType()
                    .defaultValue(Segmenter.DEFAULT_MAX_UNITS)
                    .withDescription(
                            "A sentence longer than this is cut. Must not change while requests are"
                                    + " in flight: a replay would cut differently.");

    /** First chunk. */
    public static final ConfigOption<Integer> CHUNK_FIRST_TOKENS =
            ConfigOptions.key("tts.chunk.first-tokens")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Semantic tokens of the first record of a segment, 20 ms each.");

    /** Later chunks. */
    public static final ConfigOption<Integer> CHUNK_TOKENS =
            ConfigOptions.key("tts.chunk.tokens")
                    .intType()
                    .defaultValue(25)
                    .withDescription(
                            "Semantic tokens of the other records of a segment, 20 ms each.");

    /** What the first chunk is measured against. */
    public static final ConfigOption<Duration> FIRST_CHUNK_OBJECTIVE =
            ConfigOptions.key("tts.objective.first-chunk")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(1))
                    .withDescription(
                            "Time from a request's arrival in which its first record should go out."
                                    + " The metric firstChunkOk counts the requests that keep to it,"
                                    + " firstChunkTotal all; nothing else depends on it.");

    /** Waiting requests. */
    public static final ConfigOption<Integer> QUEUE_CAPACITY =
            ConfigOptions.key("tts.queue.capacity")
                    .intType()
                    .defaultValue(10_000)
                    .withDescription(
                            "Requests that may be open in one subtask without holding a slot: that"
                                    + " wait for one, or for more text. For what happens to the"
                                    + " next, see tts.queue.when-full.");

    /** What happens when the queue is full. */
    public static final ConfigOption<WhenFull> QUEUE_WHEN_FULL =
            ConfigOptions.key("tts.queue.when-full")
                    .enumType(WhenFull.class)
                    .defaultValue(WhenFull.BACKPRESSURE)
                    .withDescription(
                            "When tts.queue.capacity requests are open: 'backpressure' takes in"
                                    + " nothing after the next request, and events wait in Kafka;"
                                    + " checkpoints continue, but a savepoint has to wait until what"
                                    + " Flink has read before it has found room. Time in which"
                                    + " nothing is taken in does not count for"
                                    + " tts.request.idle-timeout. When that many requests wait for"
                                    + " more text alone, their events are taken in all the same,"
                                    + " since nothing else could end their wait, and the next"
                                    + " request ends as 'overloaded'."
                                    + " 'reject' ends the next request as 'overloaded'. The record"
                                    + " of that end is written when the next checkpoint has"
                                    + " completed.");

    /** Rate of a tenant. */
    public static final ConfigOption<Double> TENANT_REQUESTS_PER_SECOND =
            ConfigOptions.key("tts.tenant.requests-per-second")
                    .doubleType()
                    .defaultValue(0.0)
                    .withDescription(
                            "Requests that a tenant may begin to generate in one subtask on average;"
                                    + " those beyond wait. 0 for any number.");

    /** Burst of a tenant. */
    public static final ConfigOption<Integer> TENANT_BURST =
            ConfigOptions.key("tts.tenant.burst")
                    .intType()
                    .defaultValue(10)
                    .withDescription(
                            "Requests that a tenant may begin at once when it was quiet before,"
                                    + " where tts.tenant.requests-per-second is set.");

    /** Waiting requests of a tenant. */
    public static final ConfigOption<Integer> TENANT_QUEUE_CAPACITY =
            ConfigOptions.key("tts.tenant.queue-capacity")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "Requests of a tenant that may be open in one subtask without holding a"
                                    + " slot; its next ends as 'overloaded', whatever"
                                    + " tts.queue.when-full decides, so that one tenant cannot fill"
                                    + " tts.queue.capacity and hold up the others. 0 for any"
                                    + " number. If not set, a tenth of tts.queue.capacity where"
                                    + " tts.tenant.requests-per-second is set, else any number.");

    /** What checkpoints keep of running requests. */
    public static final ConfigOption<SnapshotMode> SNAPSHOT_MODE =
            ConfigOptions.key("tts.snapshot.mode")
                    .enumType(SnapshotMode.class)
                    .defaultValue(SnapshotMode.STATE)
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

    /** Wait for the next event. */
    public static final ConfigOption<Duration> IDLE_TIMEOUT =
            ConfigOptions.key("tts.request.idle-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How long a request may wait for its next text event before it ends as"
                                    + " 'expired', which is written when the next checkpoint has"
                                    + " completed. It counts from its latest event, the end of its"
                                    + " speech so far, the start of the job, or the time when"
                                    + " events that were held back (tts.queue.when-full) are taken"
                                    + " in again, whichever is last.");

    /** Memory of finished ids. */
    public static final ConfigOption<Duration> DEDUP_WINDOW =
            ConfigOptions.key("tts.request.dedup-window")
                    .durationType()
                    .defaultValue(Duration.ofHours(1))
                    .withDescription(
                            "How long the id of a finished request is remembered; events that carry"
                                    + " it are dropped meanwhile, and begin a new request after."
                                    + " So is the id of a cancelled request that was not known;"
                                    + " not so that of a whole request in one event that was turned"
                                    + " away as 'overloaded'. An id of 36 characters takes about"
                                    + " 160 bytes of heap: 1,000 requests a second make 576 MB in"
                                    + " 1 h. Where more end, take a window no longer than the time"
                                    + " in which events may still come or be repeated.");

    /** Early events. */
    public static final ConfigOption<Integer> EARLY_EVENTS_MAX_COUNT =
            ConfigOptions.key("tts.request.early-events.max-count")
                    .intType()
                    .defaultValue(100_000)
                    .withDescription(
                            "Events of all requests of a subtask that may be held because an"
                                    + " earlier one of their request has not come; 1,000 of one"
                                    + " request at most. The request whose event would be one more"
                                    + " ends as 'overloaded'. An event takes some 130 bytes of heap"
                                    + " beside its text.");

    /** Their texts. */
    public static final ConfigOption<MemorySize> EARLY_EVENTS_MAX_SIZE =
            ConfigOptions.key("tts.request.early-events.max-size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(16))
                    .withDescription(
                            "Heap memory that the texts of these events may take, 2 bytes for a"
                                    + " character (4 for one outside the Basic Multilingual"
                                    + " Plane).");

    private SynthesisOptions() {}
}
