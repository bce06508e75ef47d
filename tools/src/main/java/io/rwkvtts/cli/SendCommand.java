package io.rwkvtts.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.schema.InputFormat;
import io.rwkvtts.schema.StrictUtf8;
import io.rwkvtts.schema.TextEvent;
import io.rwkvtts.schema.WireCodec;
import io.rwkvtts.schema.WireFormatException;
import io.rwkvtts.synthesis.RequestRules;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.RecordMetadata;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts send}: writes text events to the request topic. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends text to a running job and prints where in Kafka it went.",
            "With TEXT, one event. Without, each line of the standard input is an event of one"
                    + " request as soon as it is there, and the end of the input ends the request."
                    + " Ctrl-C before that cancels it. With --format text all of it is one event,"
                    + " sent at its end."
        })
final class SendCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "text to generate")
    private List<String> words = List.of();

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "id of the request (default: a new random one)")
    private String id = UUID.randomUUID().toString();

    @Option(
            names = "--sequence",
            paramLabel = "N",
            defaultValue = "0",
            description = "number of the first event within the request (default: 0)")
    private long sequence;

    @Option(
            names = "--last",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "whether the request ends here (default); otherwise more text follows")
    private boolean last;

    @Option(names = "--cancel", description = "end the request now; needs --id")
    private boolean cancel;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = "tts-requests",
            description = "request topic (default: ${DEFAULT-VALUE})")
    private String topic;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            defaultValue = "avro",
            description = {
                "tts.input.format of the job: avro, json or text (default: ${DEFAULT-VALUE}).",
                "Jobs that read json or text can be tried with Kafka's own tools, too:",
                "  echo '{\"requestId\":\"r1\",\"text\":\"Hello.\"}' | kafka-console-producer.sh"
                        + " --bootstrap-server HOST:PORT --topic NAME"
            })
    private InputFormat format;

    @Mixin private KafkaConnection kafka;

    @ArgGroup(validate = false, heading = "%nVoice, sampling and service; each may be left out:%n")
    private RequestAttributeOptions attributes = new RequestAttributeOptions();

    @Override
    public Integer call() throws Exception {
        checkUsage();
        kafka.require(topic);
        try (TextEventProducer producer =
                new TextEventProducer(kafka.properties(), topic, format)) {
            if (cancel) {
                send(producer, event("").setCancel(true).build());
            } else if (words.isEmpty() && format == InputFormat.TEXT) {
                send(producer, event(wholeInput()).setLast(last).build());
            } else if (words.isEmpty()) {
                sendLines(producer);
            } else {
                send(producer, event(String.join(" ", words)).setLast(last).build());
            }
        }
        return CommandLine.ExitCode.OK;
    }

    private void checkUsage() {
        try {
            RequestRules.checkId(id);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--id: " + e.getMessage(), e);
        }
        if (sequence < 0) {
            throw new ParameterException(
                    spec.commandLine(), "--sequence is " + sequence + ", expected 0 or more");
        }
        if (cancel && !words.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--cancel takes no text");
        }
        if (cancel && !spec.commandLine().getParseResult().hasMatchedOption("--id")) {
            throw new ParameterException(
                    spec.commandLine(), "--cancel needs --id: which request is to end?");
        }
        if (attributes.endsTwice()) {
            throw new ParameterException(
                    spec.commandLine(), "--deadline and --budget: expected one of them only");
        }
        if (words.stream().anyMatch(word -> word.indexOf('\ufffd') >= 0)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the text has characters that the locale of this terminal cannot express; set"
                            + " LC_ALL=C.UTF-8, or give the text on the standard input in UTF-8");
        }
    }

    /** A record of plain text is a whole request: it cannot be sent in pieces. */
    private static String wholeInput() throws IOException {
        byte[] input = System.in.readNBytes(WireCodec.MAX_BYTES + 1);
        try {
            return StrictUtf8.decode(input, "the standard input");
        } catch (WireFormatException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Sends each line at once. Which one is the last shows only at the end of the input. */
    private void sendLines(TextEventProducer producer) throws Exception {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, UTF_8.newDecoder()));
        try (OpenRequest request = OpenRequest.open(producer, id)) {
            if (!last) {
                // More of it is to come from elsewhere.
                request.end();
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                request.begun();
                send(producer, event(line + "\n").setLast(false).build());
                sequence++;
            }
            if (last && request.end()) {
                send(producer, event("").build());
            }
        } catch (CharacterCodingException e) {
            throw new IOException("the standard input is not UTF-8", e);
        }
    }

    private TextEvent.Builder event(String text) {
        TextEvent.Builder event =
                TextEvent.newBuilder().setRequestId(id).setSequence(sequence).setText(text);
        attributes.addTo(event);
        return event;
    }

    private void send(TextEventProducer producer, TextEvent event) throws Exception {
        try {
            RecordMetadata written = producer.send(event).get();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s #%d%s -> %s@%d%n",
                            event.getRequestId(),
                            event.getSequence(),
                            event.getCancel() ? " cancel" : event.getLast() ? " last" : "",
                            written.topic() + "-" + written.partition(),
                            written.offset());
        } catch (ExecutionException e) {
            throw new IOException(
                    "Kafka did not take the event: " + e.getCause().getMessage(), e.getCause());
        }
    }
}
