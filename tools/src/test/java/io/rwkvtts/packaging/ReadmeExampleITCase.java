package io.rwkvtts.packaging;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.local.EmbeddedFlink;
import io.rwkvtts.local.LocalStack;
import io.rwkvtts.model.ModelCache;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program that README.md shows gets its tokens from a running job. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ReadmeExampleITCase {

    @TempDir private Path directory;

    @Test
    void testTheProgramPrintsTheTokensOfItsRequest() throws Exception {
        Path source = program();
        Configuration options = new Configuration();
        options.set(RestOptions.PORT, 0);
        options.set(EmbeddedFlink.METRICS_PORT, 0);
        try (LocalStack stack =
                LocalStack.start(
                        0,
                        options,
                        DemoVoice.model(
                                new ModelCache(directory.resolve("cache")), Optional.empty()))) {
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:TieredStopAtLevel=1",
                            source.toString(),
                            stack.kafka().bootstrapServers());
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            builder.redirectError(directory.resolve("err").toFile());
            Process program = builder.start();
            try {
                String output = new String(program.getInputStream().readAllBytes(), UTF_8);

                assertThat(program.waitFor())
                        .as(Files.readString(directory.resolve("err")))
                        .isZero();
                assertThat(output.lines().findFirst()).get().asString().startsWith("0 ms: [");
                assertThat(output).endsWith("stop" + System.lineSeparator());
            } finally {
                program.destroyForcibly();
            }
        }
    }

    private Path program() throws Exception {
        Matcher program =
                Pattern.compile("```java\\n(.*?public class (\\w+).*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(ProjectFiles.root().resolve("README.md")));
        assertThat(program.find()).as("README.md shows a program").isTrue();
        return Files.writeString(directory.resolve(program.group(2) + ".java"), program.group(1));
    }
}
