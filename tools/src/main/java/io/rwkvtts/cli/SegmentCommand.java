package io.rwkvtts.cli;

import io.rwkvtts.local.DemoVoice;
import io.rwkvtts.model.ModelCache;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.text.SegmentStream;
import io.rwkvtts.text.Segmenter;
import io.rwkvtts.text.WorldTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts segment}: what a request's text becomes before it is generated. */
@Command(
        name = "segment",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows how the text of a request is normalised and cut into segments, each of which is"
                    + " one generation. Needs no model and no Kafka.",
            "With TEXT, all of it. Without, the standard input as it arrives: each segment is"
                    + " printed as soon as no later text can change it.",
            ""
        },
        footer = {
            "",
            "Each line on standard output is a JSON object:",
            "  segment     number of the segment, from 0",
            "  text        what is tokenised",
            "  start, end  its place in the text as it was given, in Unicode code points;",
            "              end is exclusive",
            "  tokens      how many tokens it has, with --tokens",
            "",
            "Example:",
            "  tts segment --min-units 0 \"It is 3.30 p.m. in Rome. Are you there?\""
        })
final class SegmentCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "the text")
    private List<String> words = List.of();

    @Option(
            names = "--min-units",
            paramLabel = "N",
            description =
                    "tts.segment.min-units of the job: a shorter sentence is joined with the next"
                            + " (default: ${DEFAULT-VALUE})")
    private int minUnits = Segmenter.DEFAULT_MIN_UNITS;

    @Option(
            names = "--max-units",
            paramLabel = "N",
            description =
                    "tts.segment.max-units of the job: a longer sentence is cut (default:"
                            + " ${DEFAULT-VALUE}; tts demo has 60)")
    private int maxUnits = Segmenter.DEFAULT_MAX_UNITS;

    @Option(names = "--tokens", description = "count the tokens, too")
    private boolean tokens;

    @Option(
            names = "--vocab",
            paramLabel = "FILE",
            description =
                    "vocabulary for --tokens, .txt or .json (default: that of the demo voice)")
    private Path vocabulary;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "model directory to take the vocabulary for --tokens from")
    private Path model;

    /** What is printed. */
    private record Line(int segment, String text, int start, int end, Integer tokens) {}

    private Optional<WorldTokenizer> tokenizer = Optional.empty();
    private int printed;

    @Override
    public Integer call() throws IOException {
        SegmentStream segments = new SegmentStream(segmenter());
        tokenizer = tokenizer();
        if (words.isEmpty()) {
            StandardInput.read(
                    piece -> {
                        segments.append(piece);
                        print(segments);
                    });
        } else {
            segments.append(String.join(" ", words));
        }
        segments.complete();
        print(segments);
        return CommandLine.ExitCode.OK;
    }

    private Segmenter segmenter() {
        try {
            return new Segmenter(minUnits, maxUnits);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--min-units, --max-units: " + e.getMessage(), e);
        }
    }

    private Optional<WorldTokenizer> tokenizer() throws IOException {
        if (vocabulary != null && model != null) {
            throw new ParameterException(
                    spec.commandLine(), "--vocab and --model: expected one of them only");
        }
        if (!tokens) {
            if (vocabulary != null || model != null) {
                throw new ParameterException(
                        spec.commandLine(), "a vocabulary is of use with --tokens only");
            }
            return Optional.empty();
        }
        return Optional.of(WorldTokenizer.load(vocabularyFile()));
    }

    private Path vocabularyFile() throws IOException {
        if (vocabulary != null) {
            return vocabulary;
        }
        if (model == null) {
            return DemoVoice.unpack(ModelCache.ofUser()).vocabulary();
        }
        return ModelDirectory.open(model)
                .vocabulary()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "%s holds no vocabulary: give --vocab".formatted(model)));
    }

    private void print(SegmentStream segments) {
        PrintWriter out = spec.commandLine().getOut();
        for (Optional<SegmentStream.Placed> next = segments.next();
                next.isPresent();
                next = segments.next()) {
            SegmentStream.Placed segment = next.get();
            Integer count = tokenizer.map(t -> t.encode(segment.text()).length).orElse(null);
            JsonLine.print(
                    out,
                    new Line(printed++, segment.text(), segment.start(), segment.end(), count));
        }
        out.flush();
    }
}
