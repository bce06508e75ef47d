package io.rwkvtts.packaging;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the dashboard and the rules in {@code docker/} ask Prometheus for. */
final class MonitoringFiles {

    private static final Pattern METRIC = Pattern.compile("\\b(?:flink|tts_gateway)_\\w+");

    private MonitoringFiles() {}

    static Path prometheus() {
        return ProjectFiles.root().resolve("docker/prometheus");
    }

    static String rules() throws IOException {
        return Files.readString(prometheus().resolve("rules.yml"));
    }

    static String rulesTest() throws IOException {
        return Files.readString(prometheus().resolve("rules-test.yml"));
    }

    /** Names of the alerts. */
    static Set<String> alerts() throws IOException {
        return matches("- alert: (\\w+)", rules());
    }

    /** The queries of all panels of the dashboard. */
    static List<String> panelQueries() throws IOException {
        Path dashboard = ProjectFiles.root().resolve("docker/grafana/dashboards/speech.json");
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : new ObjectMapper().readTree(dashboard.toFile()).path("panels")) {
            panel.path("targets").forEach(target -> queries.add(target.path("expr").asText()));
        }
        return queries;
    }

    /** Names of the metrics of Flink, the job and the gateway in dashboard and rules. */
    static Set<String> metrics() throws IOException {
        String all = rules() + String.join("\n", panelQueries());
        return METRIC.matcher(all)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The first groups of all matches. */
    static Set<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
