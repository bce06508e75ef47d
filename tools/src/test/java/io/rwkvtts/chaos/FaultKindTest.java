package io.rwkvtts.chaos;

import static org.apache.flink.connector.base.DeliveryGuarantee.AT_LEAST_ONCE;
import static org.apache.flink.connector.base.DeliveryGuarantee.EXACTLY_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.connector.base.DeliveryGuarantee;
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
    void testKindsThatCannotStrikeSayWhy() {
        Optional<Path> fakeTime = Optional.of(Path.of("libfaketimeMT.so.1"));

        assertThat(FaultKind.ALL)
                .allSatisfy(
                        kind ->
                                assertThat(kind.obstacle(AT_LEAST_ONCE, false, fakeTime))
                                        .isEmpty());
        assertThat(obstructed(EXACTLY_ONCE, false, fakeTime))
                .containsExactly(
                        FaultKind.FLIP_STATE, FaultKind.CUT_STATE, FaultKind.FLIP_METADATA);
        assertThat(obstructed(AT_LEAST_ONCE, true, fakeTime))
                .isEqualTo(obstructed(AT_LEAST_ONCE, false, Optional.empty()))
                .containsExactly(FaultKind.CLOCK_FORWARD, FaultKind.CLOCK_BACK);
        assertThat(FaultKind.CLOCK_BACK.obstacle(AT_LEAST_ONCE, false, Optional.empty()))
                .hasValue("it needs libfaketime: install the package faketime");
    }

    private static List<FaultKind> obstructed(
            DeliveryGuarantee delivery, boolean streaming, Optional<Path> fakeTime) {
        return FaultKind.ALL.stream()
                .filter(kind -> kind.obstacle(delivery, streaming, fakeTime).isPresent())
                .toList();
    }

    @Test
    void testOtherKindsAreRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> FaultKind.parse("drop,flood"))
                .hasMessageStartingWith("'flood' is no kind of fault, expected some of ")
                .hasMessageContaining("rescale-in-failover,flip-state");
        assertThatThrownBy(() -> FaultKind.parse("")).hasMessageContaining("'' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("drop,")).hasMessageContaining("'' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("DROP")).hasMessageContaining("'DROP' is no kind");
        assertThatThrownBy(() -> FaultKind.parse("drop,drop"))
                .hasMessageContaining("'drop' comes twice");
    }
}
