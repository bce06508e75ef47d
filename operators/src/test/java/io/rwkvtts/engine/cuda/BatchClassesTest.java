package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchClassesTest {

    @Test
    void testClassesDoubleUpToTheSlots() {
        assertThat(new BatchClasses(1).all()).containsExactly(1);
        assertThat(new BatchClasses(36).all()).containsExactly(1, 2, 4, 8, 16, 32, 36);
        assertThat(new BatchClasses(64).all()).containsExactly(1, 2, 4, 8, 16, 32, 64);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 36, 256})
    void testEachNumberOfSlotsHasTheSmallestClassThatHoldsIt(int slots) {
        BatchClasses classes = new BatchClasses(slots);
        for (int count = 1; count <= slots; count++) {
            int index = classes.of(count);
            assertThat(classes.rows(index)).isGreaterThanOrEqualTo(count);
            assertThat(index == 0 || classes.rows(index - 1) < count).isTrue();
        }
    }
}
