package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {

    @Test
    void testAnIdBelongsToItsTenantAlone() {
        String id = RequestIds.next("first");
        assertThat(RequestIds.belongsTo(id, "first")).isTrue();
        assertThat(RequestIds.belongsTo(id, "firs")).isFalse();
        assertThat(RequestIds.belongsTo(id, "first-")).isFalse();
        assertThat(RequestIds.belongsTo(id, "")).isFalse();
        assertThat(RequestIds.belongsTo(id, null)).isFalse();
        assertThat(RequestIds.belongsTo(RequestIds.next(null), null)).isTrue();
        assertThat(RequestIds.belongsTo(RequestIds.next(null), "first")).isFalse();
    }

    @Test
    void testIdsAreUnlikeEachOther() {
        assertThat(
                        IntStream.range(0, 1000)
                                .mapToObj(i -> RequestIds.next(null))
                                .collect(Collectors.toSet()))
                .hasSize(1000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "~",
                "gw-",
                "gw-~",
                "gw-~short",
                "gw-~AAAAAAAAAAAAAAAAAAAAA/",
                "gw-~AAAAAAAAAAAAAAAAAAAAAAA",
                "w-~AAAAAAAAAAAAAAAAAAAAAA",
                "gw-~AAAAAAAAAAAAAAAAAAAAAA\n"
            })
    void testWhatNoGatewayMadeBelongsToNobody(String id) {
        assertThat(RequestIds.belongsTo(id, null)).isFalse();
    }
}
