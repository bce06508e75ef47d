package io.rwkvtts.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static final String ALPHA = "alpha-0123456789";
    private static final String BETA = "beta-0123456789x";

    @TempDir private Path directory;

    @Test
    void testAKeyTellsItsTenant() throws IOException {
        ApiKeys keys =
                read("# keys of this year", "", ALPHA + "  first", "  " + BETA + "\tsecond ");
        assertThat(keys.required()).isTrue();
        assertThat(keys.tenant("Bearer " + ALPHA)).isEqualTo("first");
        assertThat(keys.tenant("Bearer " + BETA + " ")).isEqualTo("second");
        // The name of a scheme is the same in any case (RFC 9110, 11.1).
        assertThat(keys.tenant("bearer " + BETA)).isEqualTo("second");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer alpha-012345678",
                "Bearer alpha-01234567890",
                "Bearer ALPHA-0123456789",
                "Basic alpha-0123456789",
                "alpha-0123456789"
            })
    void testAnythingElseIsRefused(String authorization) throws IOException {
        ApiKeys keys = read(ALPHA + " first");
        assertThatThrownBy(() -> keys.tenant(authorization))
                .isInstanceOfSatisfying(
                        ApiError.class, error -> assertThat(error.status()).isEqualTo(401))
                .hasMessageNotContaining(ALPHA);
    }

    @Test
    void testWithoutKeysEverybodyMayAsNoTenant() {
        assertThat(ApiKeys.NONE.required()).isFalse();
        assertThat(ApiKeys.NONE.tenant(null)).isNull();
        assertThat(ApiKeys.NONE.tenant("Bearer whatever")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "short first",
                "alpha-0123456789",
                "alpha-0123456789 first tenant",
                "alpha-0123456789 ten~ant",
                "älpha-0123456789 first"
            })
    void testAMalformedLineIsNamedByItsNumberAndNotShown(String line) {
        assertThatThrownBy(() -> read(BETA + " second", line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining(line.split(" ")[0]);
    }

    /** Which of the two tenants were meant nobody can tell. */
    @Test
    void testAKeyThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> read(ALPHA + " first", BETA + " second", ALPHA + " third"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 3: the key is in the file already")
                .hasMessageNotContaining(ALPHA);
    }

    @Test
    void testAFileWithoutKeysIsRefused() {
        assertThatThrownBy(() -> read("# nothing yet", " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds no key");
    }

    private ApiKeys read(String... lines) throws IOException {
        return ApiKeys.read(Files.write(directory.resolve("keys"), java.util.List.of(lines)));
    }
}
