package io.rwkvtts.cli;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.RequestAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.SegmentGeneration;
import io.rwkvtts.text.SegmentStream;
import io.rwkvtts.text.Segmenter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tts speak}: text to sound, without Kafka and Flink. */
@Command(
        name = "speak",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Generates the speech of a text and writes it as sound, without Kafka and Flink.",
            "With TEXT, that; without, the standard input as it arrives, sentence by sentence.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  tts speak --out hello.wav \"Hello, streaming world.\"",
            "  tts speak --gender male --play < story.txt",
            "  tts speak --out - \"Good morning.\" | aplay"
        })
final class SpeakCommand implements Callable<Integer> {

    private static final String STANDARD_OUTPUT = "-";

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "the text")
    private List<String> words = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE.wav|-",
            description = "where to write; - for standard output")
    private String out;

    @Option(names = "--play", description = "play it on this machine while it is generated")
    private boolean play;

    @Option(
            names = "--scale-peak",
            description =
                    "bring the loudest sample to a comfortable level, once all is generated: for a"
                            + " file, not with --play")
    private boolean scalePeak;

    @Mixin private SpeechModelOptions model;
    @Mixin private DecoderOptions decoding;

    @ArgGroup(heading = "%nVoice:%n")
    private VoiceOptions voice = new VoiceOptions();

    @ArgGroup(heading = "%nSampling:%n", validate = false)
    private SamplingOptions sampling = new SamplingOptions();

    @Override
    public Integer call() throws IOException {
        requireConsistent();
        SpeechModel speech = model.open();
        try (AudioDecoder decoder = decoding.open(model.cache());
                AudioSink sink = sink(decoder.format().sampleRate());
                InferenceEngine engine = model.engine(speech)) {
            new Speaking(
                            new SegmentStream(
                                    new Segmenter(Segmenter.DEFAULT_MIN_UNITS, model.maxUnits())),
                            new TextGenerator(speech.prompts(), engine, voice, sampling),
                            new RequestAudio(decoder, WindowPlan.streaming(decoder.format())),
                            sink)
                    .speak();
        }
        return CommandLine.ExitCode.OK;
    }

    private void requireConsistent() {
        if (out == null && !play) {
            fail("give --out FILE.wav, --out - or --play");
        }
        if (out != null && play) {
            fail("--out and --play: expected one of them only");
        }
        if (scalePeak && play) {
            fail("--scale-peak and --play: the peak is not known before all is generated");
        }
        if (!model.demo() && !decoding.given()) {
            fail("--model needs --decoder: the demo voice's decoder knows its own tokens only");
        }
    }

    private void fail(String message) {
        throw new ParameterException(spec.commandLine(), message);
    }

    private AudioSink sink(int sampleRate) throws IOException {
        if (play) {
            return AudioSink.loudspeaker(sampleRate);
        }
        return STANDARD_OUTPUT.equals(out)
                ? AudioSink.stream(System.out, sampleRate)
                : AudioSink.file(Path.of(out), sampleRate);
    }

    /** From the text to the sink. */
    private final class Speaking {

        private final SegmentStream segments;
        private final TextGenerator generator;
        private final RequestAudio audio;
        private final AudioSink sink;
        private final List<float[]> kept = new ArrayList<>();
        private final long begin = System.nanoTime();
        private long firstNanos;
        private int tokens;

        Speaking(
                SegmentStream segments,
                TextGenerator generator,
                RequestAudio audio,
                AudioSink sink) {
            this.segments = segments;
            this.generator = generator;
            this.audio = audio;
            this.sink = sink;
        }

        void speak() throws IOException {
            try {
                if (words.isEmpty()) {
                    StandardInput.read(this::append);
                } else {
                    append(String.join(" ", words));
                }
                segments.complete();
                generate();
                audio.end(this::output);
                if (tokens == 0) {
                    throw new IllegalArgumentException(
                            "the text holds nothing that sounds: no letter and no digit");
                }
                writeScaled();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            report();
        }

        private void append(String text) {
            segments.append(text);
            generate();
        }

        private void generate() {
            for (Optional<SegmentStream.Placed> next = segments.next();
                    next.isPresent();
                    next = segments.next()) {
                SegmentGeneration generation = generator.generate(next.get().text());
                int count = generation.semanticCount();
                tokens += count;
                audio.accept(generation.globals(), generation.semantics(0, count), this::output);
            }
        }

        private void output(float[] samples) {
            if (firstNanos == 0) {
                firstNanos = System.nanoTime() - begin;
            }
            if (scalePeak) {
                kept.add(samples);
            } else {
                write(decoding.pcm(samples));
            }
        }

        private void write(byte[] pcm) {
            try {
                sink.write(pcm);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void writeScaled() {
            float gain = Pcm16.peakGain(kept);
            kept.forEach(samples -> write(Pcm16.of(samples, gain)));
        }

        private void report() {
            double seconds = (System.nanoTime() - begin) / 1e9;
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "%.2f s of speech in %.2f s, the first of it after %.2f s%n",
                            tokens / GenerationLimits.TOKENS_PER_SECOND,
                            seconds,
                            firstNanos / 1e9);
        }
    }
}
