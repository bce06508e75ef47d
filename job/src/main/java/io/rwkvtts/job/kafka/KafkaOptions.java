package io.rwkvtts.job.kafka;

import io.rwkvtts.schema.InputFormat;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;

/** Options of the job's ends in Kafka. */
public final class KafkaOptions {

    /** Addresses of the brokers. */
    public static final ConfigOption<String> BOOTSTRAP_SERVERS =
            ConfigOptions.key("tts.kafka.bootstrap-servers")
                    .stringType()
                    .defaultValue("localhost:9092")
                    .withDescription("Brokers to connect to first, as host:port,host:port.");

    /** Topic of the text events. */
    public static final ConfigOption<String> REQUESTS_TOPIC =
            ConfigOptions.key("tts.kafka.requests-topic")
                    .stringType()
                    .defaultValue("tts-requests")
                    .withDescription("Topic that text events are read from.");

    /** Form of the records of the request topic. */
    public static final ConfigOption<InputFormat> INPUT_FORMAT =
            ConfigOptions.key("tts.input.format")
                    .enumType(InputFormat.class)
                    .defaultValue(InputFormat.AVRO)
                    .withDescription(
                            "Form of the records of the request topic. avro: text events in Avro's"
                                    + " single-object encoding. json: text events as JSON objects"
                                    + " with the same field names, for a console producer. text:"
                                    + " each record is a whole request; its id is the record's key"
                                    + " or, without one, topic-partition-offset.");

    /** Topic of the audio tokens. */
    public static final ConfigOption<String> TOKENS_TOPIC =
            ConfigOptions.key("tts.kafka.tokens-topic")
                    .stringType()
                    .defaultValue("tts-tokens")
                    .withDescription("Topic that audio tokens are written to.");

    /** Topic of the sound. */
    public static final ConfigOption<String> AUDIO_TOPIC =
            ConfigOptions.key("tts.kafka.audio-topic")
                    .stringType()
                    .defaultValue("tts-audio")
                    .withDescription(
                            "Topic that sound is written to, if tts.audio.decoder is set.");

    /** Topic of the records that cannot be served. */
    public static final ConfigOption<String> DEAD_LETTERS_TOPIC =
            ConfigOptions.key("tts.kafka.dead-letters-topic")
                    .stringType()
                    .defaultValue("tts-dead-letters")
                    .withDescription(
                            "Topic that undecodable records and invalid events are written to,"
                                    + " always at least once.");

    /** Topic of changes of options. */
    public static final ConfigOption<String> CONTROL_TOPIC =
            ConfigOptions.key("tts.kafka.control-topic")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Topic from which options are changed while the job runs"
                                    + " (docs/control.md): one partition, cleanup.policy=delete,"
                                    + " retention.ms=-1, retention.bytes=-1,"
                                    + " message.timestamp.type=LogAppendTime. If not set, none are.");

    /** Consumer group whose committed offsets a fresh job starts from. */
    public static final ConfigOption<String> GROUP_ID =
            ConfigOptions.key("tts.kafka.group-id")
                    .stringType()
                    .defaultValue("flink-rwkv-tts")
                    .withDescription(
                            "Consumer group, whose offsets are committed at each checkpoint. See"
                                    + " tts.kafka.start-from.");

    /** Where a fresh job begins to read. */
    public static final ConfigOption<StartFrom> START_FROM =
            ConfigOptions.key("tts.kafka.start-from")
                    .enumType(StartFrom.class)
                    .defaultValue(StartFrom.COMMITTED)
                    .withDescription(
                            "Where a job that starts without a checkpoint or savepoint begins to"
                                    + " read requests. committed: at the group's committed offsets"
                                    + " or, if there are none, where the client property"
                                    + " auto.offset.reset says (earliest unless set). earliest: at"
                                    + " the first request that is there. latest: at the first that"
                                    + " comes. timestamp: at tts.kafka.start-timestamp.");

    /** Time of the first request that a fresh job reads. */
    public static final ConfigOption<String> START_TIMESTAMP =
            ConfigOptions.key("tts.kafka.start-timestamp")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "For tts.kafka.start-from=timestamp: the time from which on requests are"
                                    + " read, by the timestamps of their records, such as"
                                    + " 2026-11-20T08:30:00Z.");

    /** Delivery guarantee of the audio tokens. */
    public static final ConfigOption<DeliveryGuarantee> DELIVERY_GUARANTEE =
            ConfigOptions.key("tts.kafka.delivery-guarantee")
                    .enumType(DeliveryGuarantee.class)
                    .defaultValue(DeliveryGuarantee.AT_LEAST_ONCE)
                    .withDescription(
                            "at-least-once: chunks can be read at once; after a failure some are"
                                    + " repeated with the same bytes, and consumers drop them by"
                                    + " their sequence. exactly-once: chunks can be read by"
                                    + " read_committed consumers when the next checkpoint is"
                                    + " complete.");

    /** Start of the names of Kafka transactions. */
    public static final ConfigOption<String> TRANSACTIONAL_ID_PREFIX =
            ConfigOptions.key("tts.kafka.transactional-id-prefix")
                    .stringType()
                    .defaultValue("flink-rwkv-tts")
                    .withDescription(
                            "For exactly-once: start of the transactional ids. Must be the same"
                                    + " over restarts of a job and different for two jobs on one"
                                    + " Kafka cluster.");

    /** How long a Kafka transaction may stay open. */
    public static final ConfigOption<Duration> TRANSACTION_TIMEOUT =
            ConfigOptions.key("tts.kafka.transaction-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "For exactly-once: Kafka aborts a transaction, and its chunks are lost,"
                                    + " after this time. Must be longer than a checkpoint interval"
                                    + " and the job's downtime together, and at most the brokers'"
                                    + " transaction.max.timeout.ms (15 min unless changed).");

    /** Further properties of all Kafka clients. */
    public static final ConfigOption<Map<String, String>> CLIENT_PROPERTIES =
            ConfigOptions.key("tts.kafka.properties")
                    .mapType()
                    .defaultValue(Map.of())
                    .withDescription(
                            "Properties for the Kafka clients of the job, such as"
                                    + " tts.kafka.properties.security.protocol: SASL_SSL. They win"
                                    + " over those of tts.kafka.properties-file, which is the place"
                                    + " for secrets.");

    /** File with further properties of all Kafka clients. */
    public static final ConfigOption<String> CLIENT_PROPERTIES_FILE =
            ConfigOptions.key("tts.kafka.properties-file")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Java properties file with properties for the Kafka clients of the job,"
                                    + " such as sasl.jaas.config with its password. Read where the"
                                    + " job is submitted; what is secret in it is not part of the"
                                    + " job and is read again by each client on its machine, so the"
                                    + " path must lead to the file on the JobManager and on every"
                                    + " TaskManager too.");

    private KafkaOptions() {}
}
