package io.rwkvtts.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SegmentAudioTest {

    private static final int[] GLOBALS = IntStream.range(0, 32).map(i -> i * 100).toArray();

    private final Convolution decoder = new Convolution();

    /** Whatever the pieces, and if it is continued from what was held at any place. */
    @Test
    void testWindowsJoinToTheDecodingInOneCall() {
        Random random = new Random(2);
        for (int i = 0; i < 500; i++) {
            int[] tokens = random.ints(1 + random.nextInt(120), 0, 8192).toArray();
            WindowPlan plan =
                    WindowPlan.of(decoder.format(), 2 + random.nextInt(12), 1 + random.nextInt(12));
            decoder.forgetLongest();
            float[] joined = streamed(plan, tokens, random);
            assertThat(decoder.longest())
                    .isLessThanOrEqualTo(plan.left() + plan.first() + plan.next() + plan.right());
            assertThat(joined).isEqualTo(decoder.decode(tokens, GLOBALS));
        }
    }

    private float[] streamed(WindowPlan plan, int[] tokens, Random random) {
        float[] joined = new float[0];
        SegmentAudio audio = new SegmentAudio(plan, GLOBALS);
        int from = 0;
        boolean ended = false;
        while (!ended) {
            int to = from + random.nextInt(tokens.length - from + 1);
            audio.add(Arrays.copyOfRange(tokens, from, to));
            from = to;
            ended = to == tokens.length;
            for (Optional<float[]> next = audio.next(decoder, ended);
                    next.isPresent();
                    next = audio.next(decoder, ended)) {
                int length = joined.length;
                joined = Arrays.copyOf(joined, length + next.get().length);
                System.arraycopy(next.get(), 0, joined, length, next.get().length);
                if (random.nextInt(3) == 0) {
                    audio = new SegmentAudio(plan, audio.held());
                }
            }
            if (random.nextInt(3) == 0) {
                audio = new SegmentAudio(plan, audio.held());
            }
        }
        return joined;
    }

    @Test
    void testHoldsNoMoreThanLaterWindowsNeed() {
        SegmentAudio audio = new SegmentAudio(new WindowPlan(10, 5, 2, 1), GLOBALS);
        audio.add(new int[12]);
        assertThat(audio.next(decoder, false)).hasValueSatisfying(s -> assertThat(s).hasSize(27));
        assertThat(audio.next(decoder, false)).isEmpty();
        assertThat(audio.held().from()).isEqualTo(7);
        assertThat(audio.held().tokens()).hasSize(5);
        assertThat(audio.held().emitted()).isEqualTo(9);
    }

    @Test
    void testWindowThatFailedIsDecodedAgain() {
        SegmentAudio audio = new SegmentAudio(new WindowPlan(4, 4, 2, 1), GLOBALS);
        audio.add(new int[] {1, 2, 3, 4});
        decoder.fail(true);
        assertThatThrownBy(() -> audio.next(decoder, false)).isInstanceOf(AudioException.class);
        decoder.fail(false);
        assertThat(audio.next(decoder, false)).hasValueSatisfying(s -> assertThat(s).hasSize(9));
    }

    @Test
    void testIdsOutOfRangeAreRefused() {
        WindowPlan plan = new WindowPlan(4, 4, 2, 1);
        int[] shifted = GLOBALS.clone();
        shifted[3] += 8196;
        assertThatThrownBy(() -> new SegmentAudio(plan, shifted))
                .hasMessageContaining("global token 3 is 8496, expected 0 to 4095");
        assertThatThrownBy(() -> new SegmentAudio(plan, new int[31]))
                .hasMessageContaining("31 global tokens, expected 32");
        SegmentAudio audio = new SegmentAudio(plan, GLOBALS);
        assertThatThrownBy(() -> audio.add(new int[] {1, 8192}))
                .hasMessageContaining("semantic token 1 is 8192, expected 0 to 8191");
        assertThatThrownBy(() -> audio.add(new int[] {-1}))
                .hasMessageContaining("semantic token 0 is -1");
        assertThat(audio.held().tokens()).isEmpty();
    }

    @Test
    void testSegmentWithoutTokensIsSilent() {
        SegmentAudio audio = new SegmentAudio(new WindowPlan(4, 4, 2, 1), GLOBALS);
        assertThat(audio.next(decoder, true)).isEmpty();
    }
}
