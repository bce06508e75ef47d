package io.rwkvtts.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** {@link Table}. */
class TableTest {

    @Test
    void testWordsStandLeftAndNumbersRight() {
        Table table = new Table("what", "ms");
        table.row("step", Table.number(7.125, 1));
        table.row("prefill of 128", Table.number(1234.5, 1));
        StringWriter printed = new StringWriter();
        table.print(new PrintWriter(printed));

        assertThat(printed.toString().lines())
                .containsExactly(
                        "what                 ms",
                        "step                7.1",
                        "prefill of 128  1,234.5");
    }

    @Test
    void testACellWithoutHeadingIsRefused() {
        assertThatThrownBy(() -> new Table("what").row("step", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 cells under 1 headings");
    }
}
