package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A short run: each kind of fault on real processes, with the demo voice, which is small enough for
 * a build. {@code ./tts chaos} does the same at length, with a model of an ordinary size.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ChaosITCase {

    private static final Logger LOG = LoggerFactory.getLogger(ChaosITCase.class);
    private static final int FAULTS = 5;
    private static final int REQUESTS = 80;

    @Test
    void testFiveFaultsInMidSpeechChangeNothing(@TempDir Path directory) throws Exception {
        SpeechModel model =
                DemoVoice.model(new ModelCache(directory.resolve("cache")), Optional.empty());
        ChaosSettings settings =
                new ChaosSettings(
                        FAULTS,
                        FaultKind.KILLS,
                        1,
                        DeliveryGuarantee.AT_LEAST_ONCE,
                        Optional.empty(),
                        REQUESTS,
                        false,
                        1,
                        model,
                        new Configuration(),
                        directory);
        StringWriter printed = new StringWriter();
        ChaosReport report = new ChaosReport(new PrintWriter(printed));
        try (ChaosRun run = new ChaosRun(settings, report)) {
            ChaosResult result = run.execute();
            report.result(result);
            LOG.info("\n{}", printed);

            Comparison comparison = result.comparison();
            assertThat(comparison.lost()).as("lost").isZero();
            assertThat(comparison.duplicated()).as("duplicated").isZero();
            assertThat(comparison.changed()).as("changed").isZero();
            assertThat(comparison.tokens()).isGreaterThan(50L * REQUESTS);
            assertThat(result.counted()).as("faults in mid-speech").isEqualTo(FAULTS);
            assertThat(result.passed()).isTrue();
            assertThat(printed.toString().lines())
                    .last()
                    .asString()
                    .matches(
                            "requests=80 tokens=[0-9]+ lost=0 duplicated=0 changed=0"
                                    + " recovery_p50_ms=[0-9]+ recovery_max_ms=[0-9]+");
        }
    }
}
