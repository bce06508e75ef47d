package io.rwkvtts.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.operator.PrefillSettings;
import io.rwkvtts.operator.RequestSettings;
import io.rwkvtts.operator.SnapshotSettings;
import io.rwkvtts.operator.SnapshotSettings.Mode;
import io.rwkvtts.operator.SynthesisSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryNeedTest {

    private static final long GB = 1_000_000_000;
    private static final ModelShape PUBLIC_0_1B = ModelShape.proportioned(12, 768, 77_923, 8193);
    private static final ModelShape PUBLIC_0_4B = ModelShape.proportioned(24, 1024, 77_923, 8193);

    private static MemoryNeed need(int slots, Mode mode) {
        return MemoryNeed.of(PUBLIC_0_4B, 8193, Quantization.INT8, slots, synthesis(config(mode)));
    }

    /** Without prefixes and with hardly any early events. */
    private static Configuration config(Mode mode) {
        return new Configuration()
                .set(SnapshotSettings.MODE, mode)
                .set(PrefillSettings.PREFIX_CACHE_SIZE, MemorySize.ZERO)
                .set(RequestSettings.EARLY_EVENTS_MAX_COUNT, 1)
                .set(RequestSettings.EARLY_EVENTS_MAX_SIZE, new MemorySize(1));
    }

    private static SynthesisSettings synthesis(Configuration config) {
        return SynthesisSettings.from(config, Path.of("vocabulary"), 0);
    }

    /** What was measured, see {@link MemoryNeed}, is covered, and not by far. */
    @ParameterizedTest
    @CsvSource({"INT8, 356", "INT8_BLOCKS, 356", "NONE, 614"})
    void testNeedCoversWhatWasMeasured(Quantization quantization, long megabytes) {
        MemoryNeed need =
                MemoryNeed.of(PUBLIC_0_1B, 8193, quantization, 32, synthesis(config(Mode.TOKENS)));

        assertThat((need.weights() + need.states() + need.buffers()) / 1_000_000)
                .isBetween(megabytes, megabytes * 6 / 5);
    }

    @Test
    void testStatesAndSnapshotsGrowWithTheSlots() {
        MemoryNeed one = need(1, Mode.STATE);
        MemoryNeed many = need(32, Mode.STATE);

        assertThat(one.states()).isEqualTo(24L * (2 * 1024 + 1024 * 64) * 4);
        assertThat(many.states()).isEqualTo(32 * one.states());
        assertThat(many.snapshots()).isEqualTo(2 * many.states());
        assertThat(many.weights()).isEqualTo(one.weights());
        assertThat(need(32, Mode.TOKENS).snapshots()).isZero();
    }

    @Test
    void testDefaultsOfAPublicModelFitIntoTwoGigabytes() {
        assertThatCode(() -> need(32, Mode.STATE).requireFits(new MemoryLimits(2 * GB, GB)))
                .doesNotThrowAnyException();
    }

    @Test
    void testTooSmallHeapIsRefusedWithWhatToChange() {
        MemoryLimits limits = new MemoryLimits(64 * GB, GB / 4);

        assertThatThrownBy(() -> need(32, Mode.STATE).requireFits(limits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("heap of 250 MB cannot hold 415 MB of snapshots")
                .hasMessageContaining("tts.slots")
                .hasMessageContaining("tts.snapshot.mode")
                .hasMessageContaining("-Xmx");
        assertThatCode(() -> need(32, Mode.TOKENS).requireFits(limits)).doesNotThrowAnyException();
    }

    static Stream<Arguments> tooLarge() {
        return Stream.of(
                Arguments.of(
                        PrefillSettings.PREFIX_CACHE_SIZE,
                        "200 MB of prefixes",
                        List.of("tts.prefix-cache.size")),
                Arguments.of(
                        RequestSettings.EARLY_EVENTS_MAX_SIZE,
                        "200 MB of early events",
                        List.of(
                                "tts.request.early-events.max-count",
                                "tts.request.early-events.max-size")));
    }

    @ParameterizedTest
    @MethodSource("tooLarge")
    void testWhatDoesNotFitTheHeapIsRefusedWithItsOptions(
            ConfigOption<MemorySize> option, String what, List<String> options) {
        MemoryNeed need = needWith(option);

        assertThatThrownBy(() -> need.requireFits(new MemoryLimits(64 * GB, GB / 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what)
                .hasMessageContainingAll(options.toArray(String[]::new));
    }

    @Test
    void testEveryEngineHoldsEarlyEvents() {
        MemoryNeed need = needWith(RequestSettings.EARLY_EVENTS_MAX_SIZE);
        assertThat(need.times(2).earlyEvents()).isEqualTo(2 * need.earlyEvents());
    }

    private static MemoryNeed needWith(ConfigOption<MemorySize> option) {
        Configuration config = config(Mode.TOKENS).set(option, new MemorySize(200_000_000));
        return MemoryNeed.of(PUBLIC_0_1B, 8193, Quantization.INT8, 1, synthesis(config));
    }

    @Test
    void testTooSmallMachineIsRefusedWithThePartsAndWhatToChange() {
        assertThatThrownBy(() -> need(32, Mode.STATE).requireFits(new MemoryLimits(GB, 64 * GB)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this process may use 1,000 MB")
                .hasMessageContaining("states 208 MB")
                .hasMessageContaining("snapshots on the heap 415 MB")
                .hasMessageContaining("tts.slots")
                .hasMessageContaining("tts.snapshot.mode")
                .hasMessageContaining("tts.quantize");
    }

    @Test
    void testAbsurdNumberOfSlotsIsRefusedBeforeAnythingIsAllocated() {
        assertThatThrownBy(
                        () ->
                                need(Integer.MAX_VALUE, Mode.TOKENS)
                                        .requireFits(MemoryLimits.ofThisProcess()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.slots");
    }

    @Test
    void testEnginesOfAProcessAddUpButForTheRuntimeThatTheyShare() {
        MemoryNeed one = need(32, Mode.STATE);
        MemoryNeed two = one.times(2);

        assertThat(one.times(1)).isEqualTo(one);
        assertThat(two.states()).isEqualTo(2 * one.states());
        assertThat(two.snapshots()).isEqualTo(2 * one.snapshots());
        assertThat(2 * one.weights() - two.weights()).isEqualTo(150_000_000);
        MemoryLimits limits = new MemoryLimits(2 * GB, GB);
        assertThatThrownBy(() -> two.requireFits(limits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tts.parallelism");
        assertThatThrownBy(() -> need(1_000_000_000, Mode.STATE).times(32_768).requireFits(limits))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The process of an engine on a device holds the heap's part and what it shares with it. */
    @Test
    void testWeightsAndStatesOfADeviceAreNotInTheSumOfTheProcess() {
        MemoryNeed cpu = need(32, Mode.STATE);
        MemoryNeed device = cpu.onDevice(PUBLIC_0_4B, 8193, Quantization.INT8_NATIVE, 32);

        assertThat(device.states()).isZero();
        assertThat(device.snapshots()).isEqualTo(cpu.snapshots());
        long embedding = 77_923L * 1024 * 4;
        assertThat(device.device() + device.weights() + device.buffers())
                .isEqualTo(cpu.weights() + cpu.states() + cpu.buffers() + embedding);
        assertThat(device.times(2).device()).isEqualTo(2 * device.device());
        assertThat(cpu).asString().doesNotContain("CUDA");
        assertThat(device).asString().contains("MB on a CUDA device");
    }

    /** A full queue of the longest texts is far from usual: it refuses nothing. */
    @Test
    void testTextsOfAFullQueueAreCountedBesideTheSum() {
        MemoryNeed need = need(32, Mode.STATE);

        assertThat(need.texts()).isEqualTo(200_000_000);
        assertThat(need.times(2).texts()).isEqualTo(400_000_000);
        assertThatCode(() -> need.requireFits(new MemoryLimits(4 * GB, GB)))
                .doesNotThrowAnyException();
    }

    @Test
    void testLimitsOfThisProcessAreReal() {
        MemoryLimits limits = MemoryLimits.ofThisProcess();

        assertThat(limits.heapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(limits.processBytes()).isGreaterThan(1L << 28);
    }
}
