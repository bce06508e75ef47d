package io.rwkvtts.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the REST API of a cluster answers to whoever reaches its port. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RestGuardITCase {

    private static final String EVIL = "http://evil.example";

    @TempDir private static Path uploads;
    private static EmbeddedFlink flink;
    private static int port;
    private static JobClient job;

    @BeforeAll
    static void start() throws Exception {
        // With Flink's own answer to all of this: uploads switched on.
        flink =
                EmbeddedFlink.start(
                        new Configuration()
                                .set(WebOptions.UPLOAD_DIR, uploads.toString())
                                .set(WebOptions.SUBMIT_ENABLE, true));
        port = URI.create(flink.webAddress()).getPort();
        StreamExecutionEnvironment environment = flink.environment();
        environment.fromSequence(0, Long.MAX_VALUE).sinkTo(new DiscardingSink<>());
        job = environment.executeAsync();
        flink.awaitRunning(job.getJobID());
    }

    @AfterAll
    static void stop() {
        flink.close();
    }

    /** A page can send a form with a file to any server without asking it first. */
    @ParameterizedTest
    @CsvSource({
        "/jars/upload, 127.0.0.1, " + EVIL,
        "/jars/upload, 127.0.0.1, null",
        "/jars/upload, 127.0.0.1,",
        "/jars/upload, evil.example, " + EVIL,
        "/jars/upload, evil.example,",
        "/jobs, 127.0.0.1, " + EVIL,
        "/jobs, 127.0.0.1,",
        "/jobs, evil.example,"
    })
    void testSubmissionIsRefusedAndNothingIsStored(String path, String host, String origin)
            throws Exception {
        String form =
                "--b\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"evil.jar\"\r\n"
                        + "Content-Type: application/x-java-archive\r\n\r\nbytes\r\n--b--\r\n";
        Set<Path> before = uploaded();

        assertThat(
                        status(
                                "POST",
                                path,
                                host + ":" + port,
                                origin,
                                "Content-Type: multipart/form-data; boundary=b",
                                form))
                .isEqualTo(403);
        // What is there is the job of this test itself.
        assertThat(before).containsAll(uploaded());
    }

    private static Set<Path> uploaded() throws IOException {
        try (Stream<Path> files = Files.walk(uploads)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PATCH,  /jobs/JOB?mode=cancel",
        "GET,    /jobs/JOB/yarn-cancel",
        "GET,    /jobs/JOB/%79arn-stop",
        "GET,    /jobs/JOB/%2579arn-cancel",
        "GET,    /jobs/JOB/yarn%252Dcancel",
        "GET,    /v1/jobs/JOB/yarn-stop/",
        "POST,   /jobs/JOB/stop",
        "POST,   /jobs/JOB/savepoints",
        "POST,   /jobs/JOB/checkpoints",
        "PATCH,  /jobs/JOB/rescaling?parallelism=2",
        "PUT,    /jobs/JOB/resource-requirements",
        "POST,   /savepoint-disposal",
        "DELETE, /cluster",
        "GET,    /jars/x/plan",
        "GET,    jars/x/plan",
        "GET,    /%256Aars/x/plan",
        "GET,    /jobs/%zz",
        "GET,    /jobs/%25zz",
        "BREW,   /jobs"
    })
    void testCommandsAreRefused(String method, String path) throws Exception {
        String real = path.replace("JOB", job.getJobID().toHexString());

        assertThat(status(method, real, "127.0.0.1:" + port, null, "X-Any: thing", "{}"))
                .isEqualTo(403);
        assertThat(
                        status(
                                method,
                                real,
                                "127.0.0.1:" + port,
                                null,
                                "Authorization: Bearer " + "0".repeat(64),
                                "{}"))
                .isEqualTo(403);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.RUNNING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.1.2.3"})
    void testTheDashboardIsReadUnderItsOwnNames(String host) throws Exception {
        String own = host + ":" + port;
        for (String path : List.of("/", "/config", "/jobs/overview", "/jobs/" + job.getJobID())) {
            assertThat(read(path, own, null)).as(path).isEqualTo(200);
            assertThat(read(path, own, "http://" + own)).as(path).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "127.0.0.1@evil.example",
                "192.0.2.1",
                "[::]",
                ""
            })
    void testReadingUnderAnotherNameIsRefused(String host) throws Exception {
        assertThat(read("/jobs/overview", host + ":" + port, null)).isEqualTo(403);
        assertThat(read("/jobs/overview", host, null)).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {EVIL, "null", "http://127.0.0.1", "http://127.0.0.1:1", "file://"})
    void testReadingByAPageOfAnotherServerIsRefused(String origin) throws Exception {
        assertThat(read("/jobs/overview", "127.0.0.1:" + port, origin)).isEqualTo(403);
    }

    @Test
    void testTwoNamesOrNoneAreRefused() throws Exception {
        String own = "Host: 127.0.0.1:" + port;
        assertThat(send("GET / HTTP/1.1\r\nX-Any: thing\r\n\r\n")).startsWith("HTTP/1.1 403");
        assertThat(send("GET / HTTP/1.1\r\n" + own + "\r\nHost: evil.example\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /jobs HTTP/1.1\r\nhost: OWN\r\nContent-Length: 2\r\n\r\n{}",
                "POST /jobs HTTP/1.1\r\nHost: OWN\r\nExpect: 100-continue\r\n"
                        + "Content-Length: 2\r\n\r\n{}",
                "POST /jars/upload HTTP/1.1\r\nHost: OWN\r\nTransfer-Encoding: chunked\r\n"
                        + "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
                        + "4\r\n--b\r\r\n0\r\n\r\n",
                "POST /jobs HTTP/1.1\r\nHost: OWN\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\n\r\n",
                "get /jars/x/plan HTTP/1.1\r\nHost: OWN\r\n\r\n",
                "GET http://OWN/jars/x/plan HTTP/1.1\r\nHost: OWN\r\n\r\n",
                "GET /jobs HTTP/1.0\r\n\r\n",
                "no request at all\r\n\r\n",
            })
    void testNoFormOfARequestPasses(String request) throws Exception {
        Set<Path> before = uploaded();
        String own = request.replace("OWN", "127.0.0.1:" + port);

        assertThat(send(own)).startsWith("HTTP/1.1 403");
        // Nor as the second one of a connection.
        String first = "GET /config HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n".formatted(port);
        assertThat(send(first + own)).contains("HTTP/1.1 403").doesNotContain("HTTP/1.1 20[1-9]");
        assertThat(before).containsAll(uploaded());
    }

    @Test
    void testAnswersNameTheOriginThatMayReadThem() throws Exception {
        String answer =
                send(
                        "GET /config HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
                                .formatted(port));

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(answer.lines().filter(line -> line.toLowerCase().contains("allow-origin")))
                .allMatch(line -> line.endsWith("http://127.0.0.1:" + port));
    }

    @Test
    void testTheTokenIsShownNowhere() throws Exception {
        String answer =
                send(
                        ("GET /jobmanager/config HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                                        + "Connection: close\r\n\r\n")
                                .formatted(port));

        assertThat(answer).contains("rest.access-token");
        assertThat(answer).containsPattern("rest.access-token\",\\s*\"value\":\\s*\"\\*+\"");
        String token = flink.environment().getConfiguration().get(RestAccess.TOKEN);
        assertThat(token).hasSize(64);
        for (String page :
                List.of(
                        "/jobmanager/config",
                        "/jobmanager/environment",
                        "/jobs/JOB",
                        "/jobs/JOB/config",
                        "/jobs/JOB/jobmanager/config",
                        "/jobs/JOB/jobmanager/environment",
                        "/jobs/JOB/plan",
                        "/jobs/JOB/checkpoints/config")) {
            String request =
                    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n\r\n"
                            .formatted(page.replace("JOB", job.getJobID().toHexString()), port);
            assertThat(send(request)).as(page).doesNotContain(token);
        }
    }

    private static int read(String path, String host, String origin) throws IOException {
        return status("GET", path, host, origin, "X-Any: thing", "");
    }

    private static int status(
            String method, String path, String host, String origin, String header, String body)
            throws IOException {
        String answer =
                send(
                        "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                                .formatted(
                                        method,
                                        path,
                                        host,
                                        origin == null ? "" : "Origin: " + origin + "\r\n",
                                        header,
                                        body.length(),
                                        body));
        assertThat(answer).matches("(?s)HTTP/1.1 \\d{3} .*");
        return Integer.parseInt(answer.substring(9, 12));
    }

    /** By hand: Java's client does not let its users choose the host. */
    private static String send(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
