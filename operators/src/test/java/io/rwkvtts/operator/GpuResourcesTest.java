package io.rwkvtts.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.engine.InferenceEngine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.externalresource.StaticExternalResourceInfoProvider;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.util.MockStreamingRuntimeContext;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which GPUs an engine is told of. */
class GpuResourcesTest {

    private static final String GPU = "gpu";

    /** What Flink's plugin makes of each of the numbers that a discovery script prints. */
    private record Resource(String index) implements ExternalResourceInfo {

        @Override
        public Optional<String> getProperty(String key) {
            return key.equals("index") ? Optional.ofNullable(index) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return index == null ? List.of() : List.of("index");
        }
    }

    private static Set<Resource> resources(String... indexes) {
        return Arrays.stream(indexes).map(Resource::new).collect(Collectors.toSet());
    }

    private static MockEnvironment taskWith(
            String name, Set<? extends ExternalResourceInfo> resources) {
        return new MockEnvironmentBuilder()
                .setExternalResourceInfoProvider(
                        new StaticExternalResourceInfoProvider(Map.of(name, resources)))
                .build();
    }

    private static List<Integer> gpus(MockEnvironment environment) {
        return GpuResources.of(new MockStreamingRuntimeContext(1, 0, environment));
    }

    @Test
    void testNumbersComeInTheirOrder() throws Exception {
        try (MockEnvironment task = taskWith(GPU, resources("10", " 2", "5"))) {
            assertThat(gpus(task)).containsExactly(2, 5, 10);
        }
    }

    @Test
    void testThereAreNoneWhereFlinkManagesNone() throws Exception {
        try (MockEnvironment none = new MockEnvironmentBuilder().build();
                MockEnvironment empty = taskWith(GPU, Set.of());
                MockEnvironment other = taskWith("fpga", resources("3"))) {
            assertThat(gpus(none)).isEmpty();
            assertThat(gpus(empty)).isEmpty();
            assertThat(gpus(other)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GPU-8f9c", "", "1.5", "-1", "3000000000"})
    void testIndexThatIsNoNumberOfADeviceIsNamed(String index) throws Exception {
        try (MockEnvironment task = taskWith(GPU, resources(index))) {
            assertThatThrownBy(() -> gpus(task))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("external resource 'gpu' has the index '" + index + "'")
                    .hasMessageContaining("discovery script");
        }
    }

    @Test
    void testResourceWithoutAnIndexIsRefused() throws Exception {
        try (MockEnvironment task = taskWith(GPU, Set.of(new Resource(null)))) {
            assertThatThrownBy(() -> gpus(task))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has the index ''");
        }
    }

    @Test
    void testTheEngineOfATaskIsToldOfThem() throws Exception {
        AtomicReference<List<Integer>> told = new AtomicReference<>();
        try (MockEnvironment task = taskWith(GPU, resources("1", "0"))) {
            open(
                    task,
                    gpus -> {
                        told.set(gpus);
                        return SynthesizeHarness.scripted(1);
                    });
        }
        assertThat(told.get()).containsExactly(0, 1);
    }

    /** Another attempt would meet the same script. */
    @Test
    void testTaskWithAMalformedIndexFailsForGood() throws Exception {
        AtomicReference<InferenceEngine> opened = new AtomicReference<>();
        try (MockEnvironment task = taskWith(GPU, resources("GPU-8f9c"))) {
            assertThatThrownBy(
                            () ->
                                    open(
                                            task,
                                            gpus -> {
                                                opened.set(SynthesizeHarness.scripted(1));
                                                return opened.get();
                                            }))
                    .isInstanceOf(SuppressRestartsException.class)
                    .cause()
                    .hasMessageContaining("'GPU-8f9c'");
        }
        assertThat(opened).hasNullValue();
    }

    private static void open(MockEnvironment task, EngineFactory engines) throws Exception {
        SynthesizeOperatorFactory factory =
                new SynthesizeOperatorFactory(
                        engines,
                        SynthesisSettings.from(
                                new Configuration(),
                                Path.of(SynthesizeHarness.resource("vectors/mini_vocab.txt")),
                                0),
                        null,
                        SynthesizeHarness.DEAD_LETTERS,
                        new ManualNanoClock(),
                        running -> true);
        try (OneInputStreamOperatorTestHarness<RequestEvent, TokenChunk> harness =
                new OneInputStreamOperatorTestHarness<>(factory, task)) {
            harness.getStreamConfig()
                    .setStatePartitioner(0, (RequestEvent event) -> event.requestId());
            harness.getStreamConfig().setStateKeySerializer(Types.STRING.createSerializer(null));
            harness.getStreamConfig().serializeAllConfigs();
            harness.open();
        }
    }
}
