package io.rwkvtts.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The alerts in {@code docker/prometheus}: each has a test and an entry in the runbook. */
class AlertRulesTest {

    @Test
    void testEachAlertHasATestInWhichItFiresAndOneInWhichItDoesNot() throws Exception {
        String tests = MonitoringFiles.rulesTest();

        assertThat(MonitoringFiles.alerts()).hasSizeGreaterThan(8);
        assertThat(MonitoringFiles.matches("alertname: (\\w+)\\s+exp_alerts:\\s+- exp_l", tests))
                .isEqualTo(MonitoringFiles.alerts());
        assertThat(MonitoringFiles.matches("alertname: (\\w+)\\s+exp_alerts: \\[]", tests))
                .isEqualTo(MonitoringFiles.alerts());
    }

    @Test
    void testEachAlertLeadsToItsEntryInTheRunbook() throws Exception {
        String runbook = Files.readString(ProjectFiles.root().resolve("docs/runbook.md"));
        Set<String> links =
                MonitoringFiles.alerts().stream()
                        .map(alert -> alert.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());

        assertThat(
                        MonitoringFiles.matches(
                                "runbook: docs/runbook.md#(\\w+)", MonitoringFiles.rules()))
                .isEqualTo(links);
        assertThat(MonitoringFiles.matches("(?m)^## (Tts\\w+)$", runbook))
                .isEqualTo(MonitoringFiles.alerts());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "check config prometheus.yml",
                "check rules rules.yml",
                "test rules rules-test.yml"
            })
    void testPromtoolFindsNoFault(String arguments) throws Exception {
        assumeTrue(PrometheusServer.installed(), PrometheusServer.NOT_INSTALLED);
        Process promtool =
                new ProcessBuilder(("promtool " + arguments).split(" "))
                        .directory(MonitoringFiles.prometheus().toFile())
                        .redirectErrorStream(true)
                        .start();

        String output = new String(promtool.getInputStream().readAllBytes(), UTF_8);

        assertThat(List.of(promtool.waitFor(), output.contains("SUCCESS")))
                .as(output)
                .containsExactly(0, true);
    }
}
