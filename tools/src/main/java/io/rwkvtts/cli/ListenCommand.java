package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.TokenListener;
import io.rwkvtts.model.ModelCache;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.IsolationLevel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts listen}: the reference consumer of the token topic. */
@Command(
        name = "listen",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Prints the audio tokens that a job writes, one line a record, until Ctrl-C.",
            "Repeated records are dropped as every consumer should: by their sequence, and after"
                    + " the end of a request."
        })
final class ListenCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);

    @Spec private CommandSpec spec;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "show only this request; may be given more than once")
    private Set<String> ids = Set.of();

    @Option(names = "--json", description = "print JSON lines with the tokens themselves")
    private boolean json;

    @Option(
            names = "--from-beginning",
            description = "begin with the oldest record that Kafka holds, not with the next one")
    private boolean fromBeginning;

    @Option(
            names = "--until-finished",
            paramLabel = "N",
            description = "end when that many requests have ended")
    private Integer untilFinished;

    @Option(
            names = "--read-committed",
            description = "wait for the commit of each transaction (for exactly-once jobs)")
    private boolean readCommitted;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "tts-tokens",
            description = "token topic (default: ${DEFAULT-VALUE})")
    private String topic;

    @Option(
            names = "--play",
            description = "play the requests on this machine, one after the other")
    private boolean play;

    @Mixin private WavOptions wav;

    @Mixin private KafkaConnection kafka;

    @Override
    public Integer call() throws IOException {
        if (untilFinished != null && untilFinished < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--until-finished is " + untilFinished + ", expected 1 or more");
        }
        kafka.require(topic);
        try (RequestRecorder recorder = recorder();
                TokenListener listener =
                        new TokenListener(
                                kafka.properties(),
                                topic,
                                fromBeginning
                                        ? TokenListener.Start.EARLIEST
                                        : TokenListener.Start.LATEST,
                                readCommitted
                                        ? IsolationLevel.READ_COMMITTED
                                        : IsolationLevel.READ_UNCOMMITTED)) {
            listen(listener, recorder);
        }
        return CommandLine.ExitCode.OK;
    }

    private RequestRecorder recorder() throws IOException {
        ModelCache cache = ModelCache.ofUser();
        if (!play) {
            return wav.open(cache, spec.commandLine().getErr());
        }
        if (wav.given()) {
            throw new ParameterException(
                    spec.commandLine(), "--wav and --play: expected one of them only");
        }
        AudioDecoder decoder = wav.decoding().open(cache);
        try {
            return new PlayedRequests(
                    decoder, wav.decoding(), AudioSink.loudspeaker(decoder.format().sampleRate()));
        } catch (IOException | RuntimeException e) {
            decoder.close();
            throw e;
        }
    }

    private void listen(TokenListener listener, RequestRecorder recorder) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        TokenFormat format = json ? TokenFormat.JSON : TokenFormat.TEXT;
        int finished = 0;
        while (untilFinished == null || finished < untilFinished) {
            for (ReceivedTokens received : listener.poll(POLL)) {
                if (!ids.isEmpty() && !ids.contains(received.tokens().getRequestId())) {
                    continue;
                }
                if (untilFinished != null && finished >= untilFinished) {
                    return;
                }
                recorder.received(received);
                out.println(format.line(received));
                if (StandardOutput.isClosed(out)) {
                    return;
                }
                finished += received.end() ? 1 : 0;
            }
        }
    }
}
