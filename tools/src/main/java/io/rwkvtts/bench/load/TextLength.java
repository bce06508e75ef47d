package io.rwkvtts.bench.load;

import io.rwkvtts.text.WorldTokenizer;
import java.util.Locale;
import java.util.Random;

/** How long a text is, in tokens of the vocabulary. */
public enum TextLength {
    /** A sentence or two. */
    SHORT(10, 50),
    /** A few sentences. */
    MEDIUM(50, 200),
    /** A paragraph. */
    LONG(200, 500);

    private static final String[] WORDS =
            ("the ship came back with the morning tide and nobody had seen so many lights on the"
                            + " water before she counted them twice while her brother wrote down"
                            + " every name that they could read in the half dark of the harbour")
                    .split(" ");

    private static final int FEWEST_WORDS = 4;
    private static final int MOST_WORDS = 14;

    private final int fewest;
    private final int most;

    TextLength(int fewest, int most) {
        this.fewest = fewest;
        this.most = most;
    }

    /** A text of sentences: any number of tokens from the fewest to the most. */
    String text(Random random, WorldTokenizer tokenizer) {
        int wanted = fewest + random.nextInt(most - fewest + 1);
        StringBuilder text = new StringBuilder();
        String shorter = "";
        int tokens = 0;
        int wordsLeft = 0;
        while (tokens < wanted) {
            shorter = text + ".";
            if (wordsLeft == 0) {
                wordsLeft = FEWEST_WORDS + random.nextInt(MOST_WORDS - FEWEST_WORDS + 1);
                text.append(text.length() == 0 ? "" : ". ");
            } else {
                text.append(' ');
            }
            text.append(WORDS[random.nextInt(WORDS.length)]);
            wordsLeft--;
            tokens = tokenizer.encode(text + ".").length;
        }
        // The last word can be one of several tokens.
        return tokens > most ? shorter : text + ".";
    }

    /** Fewest tokens. */
    public int fewest() {
        return fewest;
    }

    /** Most tokens. */
    public int most() {
        return most;
    }

    /** The one with this {@link #label}. */
    public static TextLength ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }

    /** The name in results. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
