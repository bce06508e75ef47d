package io.rwkvtts.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.local.RandomModel;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.text.WorldTokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link BusyStreams} with a job and a broker. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BusyStreamsITCase {

    private static final int STREAMS = 2;
    private static final Duration SECOND = Duration.ofSeconds(1);

    @TempDir private static Path directory;

    private static WorldTokenizer tokenizer;
    private static JobProcess process;
    private static KafkaSettings kafka;

    private LoadClient client;

    @BeforeAll
    static void startJob() throws Exception {
        SpeechModel model =
                RandomModel.named("random:2x128")
                        .orElseThrow()
                        .open(new ModelCache(directory), Quantization.INT8);
        tokenizer = WorldTokenizer.load(model.vocabulary());
        Configuration options = FlinkDefaults.options();
        options.set(SpeechModel.MODEL, model.directory().path().toString());
        options.set(SpeechModel.VOCABULARY, model.vocabulary().toString());
        process = new JobProcess(options, List.of());
        Configuration clients = new Configuration(options);
        clients.set(KafkaOptions.BOOTSTRAP_SERVERS, process.bootstrapServers());
        kafka = KafkaSettings.from(clients);
    }

    @AfterAll
    static void stopJob() throws Exception {
        if (process != null) {
            process.close();
        }
    }

    @BeforeEach
    void connect() {
        client = new LoadClient(kafka);
    }

    @AfterEach
    void disconnect() throws InterruptedException {
        client.close();
    }

    @Test
    void testThePaceIsTakenThoughRequestsEndInTheWarmUp() throws Exception {
        List<Duration> turns = new ArrayList<>();
        BusyStreams.Pace pace =
                streams("pace-", OptionalInt.of(4)).pace(SECOND, SECOND, turns::add);

        assertThat(turns).hasSize(5).containsOnly(SECOND.dividedBy(5));
        assertThat(pace.tokensPerSecond()).isPositive();
        assertThat(pace.allocatedBytesPerToken()).isPositive();
    }

    @Test
    void testRequestsAreCounted() throws Exception {
        BusyStreams streams = streams("count-", OptionalInt.of(10));

        assertThat(streams.requestsPerSecond(SECOND, SECOND)).isPositive();
    }

    @Test
    void testARequestThatIsNotGeneratedEndsTheMeasurement() {
        BusyStreams streams = streams("refused-", OptionalInt.of(1_000_000));

        assertThatThrownBy(() -> streams.pace(SECOND, SECOND, turn -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("refused-", "did not finish");
    }

    private BusyStreams streams(String prefix, OptionalInt tokensPerSegment) {
        Requests requests = new Requests(prefix, TextLength.SHORT, 3, tokensPerSegment, tokenizer);
        return new BusyStreams(client, process, requests, STREAMS);
    }
}
