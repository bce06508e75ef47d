package io.rwkvtts.job;

import io.rwkvtts.job.kafka.ControlTopic;
import io.rwkvtts.job.kafka.KafkaAdmin;
import io.rwkvtts.job.kafka.KafkaConnectors;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.job.kafka.TopicRequirements;
import io.rwkvtts.operator.CheckEvents;
import io.rwkvtts.operator.ControlSettings;
import io.rwkvtts.operator.RejectedRecord;
import io.rwkvtts.operator.RequestEvent;
import io.rwkvtts.operator.SynthesizeOperatorFactory;
import io.rwkvtts.operator.TokenChunk;
import io.rwkvtts.operator.audio.AudioSettings;
import io.rwkvtts.operator.audio.DecodeAudioOperatorFactory;
import io.rwkvtts.operator.audio.PcmChunk;
import io.rwkvtts.protocol.GenerationLimits;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The job: text events in Kafka → {@link CheckEvents} → keyed by request → Synthesize → audio
 * tokens in Kafka and, if a decoder is set, → keyed by request → DecodeAudio → sound in Kafka; what
 * cannot be served goes to the dead letters.
 *
 * <p>Every operator has a uid, so that savepoints outlive changes of the job. Their names are part
 * of the compatibility promise and never change.
 */
public final class TtsJob {

    /** Name of the job in Flink's dashboard. */
    public static final String NAME = "flink-rwkv-tts";

    /** Side output and dead-letter sink are fed by both operators under this tag. */
    private static final OutputTag<RejectedRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(RejectedRecord.class));

    private TtsJob() {}

    /** Adds the job to an environment. */
    public static void build(StreamExecutionEnvironment environment, TtsSettings settings) {
        environment.setMaxParallelism(settings.engine().maxParallelism());
        KafkaSettings kafka = settings.kafka();

        SingleOutputStreamOperator<RequestEvent> events =
                environment
                        .fromSource(
                                KafkaConnectors.requests(kafka),
                                KafkaConnectors.withoutTime(),
                                "Text events")
                        .uid("text-events")
                        .process(new CheckEvents(settings.synthesis(), DEAD_LETTERS))
                        .returns(TypeInformation.of(RequestEvent.class))
                        .uid("prepare-text")
                        .name("CheckEvents");

        SingleOutputStreamOperator<TokenChunk> chunks =
                events.keyBy(RequestEvent::requestId)
                        .transform(
                                "Synthesize",
                                TypeInformation.of(TokenChunk.class),
                                new SynthesizeOperatorFactory(
                                        settings.engines(),
                                        settings.synthesis(),
                                        control(settings),
                                        DEAD_LETTERS))
                        .uid("synthesize")
                        .setParallelism(settings.engine().parallelism());

        chunks.sinkTo(KafkaConnectors.tokens(kafka))
                .uid("audio-tokens")
                .name("Audio tokens")
                .setParallelism(settings.engine().parallelism());
        settings.audio().ifPresent(audio -> addAudio(chunks, audio, kafka));
        events.getSideOutput(DEAD_LETTERS)
                .union(chunks.getSideOutput(DEAD_LETTERS))
                .sinkTo(KafkaConnectors.deadLetters(kafka))
                .uid("dead-letters")
                .name("Dead letters");
    }

    /** Where changes of options come from, null if none are taken. */
    private static ControlSettings control(TtsSettings settings) {
        KafkaSettings kafka = settings.kafka();
        return kafka.topics().control() == null
                ? null
                : new ControlSettings(KafkaConnectors.control(kafka), settings.switchable());
    }

    private static void addAudio(
            DataStream<TokenChunk> chunks, AudioSettings audio, KafkaSettings kafka) {
        chunks.keyBy(TokenChunk::requestId)
                .transform(
                        "DecodeAudio",
                        TypeInformation.of(PcmChunk.class),
                        new DecodeAudioOperatorFactory(audio))
                .uid("decode-audio")
                .setParallelism(audio.parallelism())
                .sinkTo(KafkaConnectors.audio(kafka))
                .uid("audio")
                .name("Audio")
                .setParallelism(audio.parallelism());
    }

    /**
     * Requires that the brokers answer, that the topics exist and take what the job writes, and
     * that transactions may last as long as set.
     *
     * @throws io.rwkvtts.job.kafka.KafkaSetupException if not; the message has what to do
     */
    public static void requireKafka(TtsSettings settings) {
        KafkaSettings kafka = settings.kafka();
        try (KafkaAdmin brokers = KafkaAdmin.connect(kafka.properties())) {
            brokers.requireTopics(settings.topics());
            TopicRequirements requirements = new TopicRequirements(brokers, kafka);
            requirements.check(mostChunkTokens(settings));
            settings.audio().ifPresent(a -> requirements.checkAudio(a.largestChunkBytes()));
            if (kafka.delivery().exactlyOnce()) {
                brokers.requireTransactionTimeout(kafka.delivery().transactionTimeout());
            }
            if (kafka.topics().control() != null) {
                new ControlTopic(kafka.topics().control()).require(brokers);
            }
        }
    }

    /** Most tokens of a record; where chunks may grow, those of the longest segment. */
    private static int mostChunkTokens(TtsSettings settings) {
        int configured = settings.synthesis().generation().chunks().mostTokens();
        return settings.kafka().topics().control() == null
                ? configured
                : Math.max(configured, GenerationLimits.MAX);
    }
}
