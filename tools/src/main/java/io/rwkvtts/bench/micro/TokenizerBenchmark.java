package io.rwkvtts.bench.micro;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rwkvtts.text.WorldTokenizer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Encoding a text to tokens. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenizerBenchmark {

    /** A sentence, repeated to the length that is wanted. */
    public enum Sample {
        /** Letters of the Latin alphabet. */
        ENGLISH("The lighthouse keeper counted the ships, one by one, until the fog came in. "),
        /** Characters of three bytes. */
        CHINESE("守塔人一艘一艘地数着船，直到大雾弥漫，海面上什么也看不见了。"),
        /** Letters with marks, digits, signs, a symbol of four bytes. */
        MIXED("Größe: 3,5 cm — déjà vu à 8 h 45; «привет», ça coûte 12 €! 🚢 ");

        private final String sentence;

        Sample(String sentence) {
            this.sentence = sentence;
        }
    }

    private static final int CHARACTERS = 2000;

    /** File of the vocabulary. */
    @Param("")
    private String vocabulary;

    @Param private Sample sample;

    private WorldTokenizer tokenizer;
    private String text;

    /** Reads the vocabulary and makes the text. */
    @Setup
    public void load() {
        tokenizer = WorldTokenizer.load(Path.of(vocabulary));
        text = text(sample);
    }

    private static String text(Sample sample) {
        return sample.sentence.repeat(CHARACTERS / sample.sentence.length());
    }

    /** Length of what a call encodes. */
    static int bytes(Sample sample) {
        return text(sample).getBytes(UTF_8).length;
    }

    /** Encodes the text. */
    @Benchmark
    public int[] encode() {
        return tokenizer.encode(text);
    }
}
