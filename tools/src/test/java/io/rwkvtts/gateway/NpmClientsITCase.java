package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.rwkvtts.schema.TextEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of others, unchanged: OpenAI's own library, and ws. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class NpmClientsITCase {

    private static final Path SCRIPTS = Path.of("../gateway/src/test/npm");

    @TempDir private static Path directory;
    private static GatewayFixture fixture;
    private static Gateway gateway;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isDirectory(SCRIPTS.resolve("node_modules/openai")) && hasNode(),
                "no node, or no 'npm install --no-package-lock' in gateway/src/test/npm: clients of"
                        + " others are not tested");
        fixture = GatewayFixture.start(directory);
        gateway = fixture.gateway();
    }

    private static boolean hasNode() {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
    }

    @AfterAll
    static void stop() throws Exception {
        if (fixture != null) {
            fixture.close();
        }
    }

    private static JsonNode run(String script, String address, String text) throws Exception {
        Process process =
                new ProcessBuilder(List.of("node", script, address, text))
                        .directory(SCRIPTS.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return GatewayFixture.JSON.readTree(output);
    }

    private static String undisturbed(String text) throws Exception {
        byte[] pcm =
                fixture.undisturbed(
                        TextEvent.newBuilder().setRequestId("").setText(text).setSeed(7L));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pcm));
    }

    @Test
    void testOpenAisLibraryStreams() throws Exception {
        JsonNode heard = run("openai-stream.mjs", gateway.address(), GatewayFixture.LONG_TEXT);
        String expected = undisturbed(GatewayFixture.LONG_TEXT);
        assertThat(heard.get("raw").asText()).isEqualTo(expected);
        assertThat(heard.get("events").asText()).isEqualTo(expected);
        assertThat(heard.get("pieces").asInt()).isGreaterThan(3);
        assertThat(heard.at("/refused/status").asInt()).isEqualTo(400);
        assertThat(heard.at("/refused/param").asText()).isEqualTo("speed");
    }

    @Test
    void testWordsAreHeardBeforeTheLastOneWasSent() throws Exception {
        String text =
                "Words come one by one from a model that writes. They are spoken at once. "
                        + "Nobody has to wait for the end of the text.";
        JsonNode heard = run("ws-words.mjs", gateway.address().replace("http", "ws"), text);
        assertThat(heard.get("heardMsBeforeLastWord").asInt()).isPositive();
        assertThat(heard.get("sha256").asText()).isEqualTo(undisturbed(text));
    }
}
