package io.rwkvtts.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultKindTest {

    @Test
    void testKindsAreReadAsTheyAreWritten() {
        String all = FaultKind.ALL.stream().map(FaultKind::label).collect(Collectors.joining(","));

        assertThat(FaultKind.parse(all)).isEqualTo(FaultKind.ALL);
        assertThat(FaultKind.parse("drop-long, kill-broker"))
                .containsExactly(FaultKind.DROP_LONG, FaultKind.KILL_BROKER);
    }

    @Test
    void testOtherKindsAreRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> FaultKind.parse("drop,flood"))
                .hasMessageStartingWith("'flood' is no kind of fault, expected some of ")
                .hasMessageContaining("rescale-in-failover,pause-task-manager");
        assertThatThrownBy(() -> FaultKind.parse("")).hasMessageContaining("'' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("drop,")).hasMessageContaining("'' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("DROP")).hasMessageContaining("'DROP' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("drop,drop"))
                .hasMessageContaining("'drop' comes twice");
    }
}
