package io.rwkvtts.engine.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.RecordedLog;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.EngineThread;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.engine.cuda.CudaEngine;
import io.rwkvtts.engine.cuda.CudaModels;
import io.rwkvtts.engine.cuda.Emulation;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import io.rwkvtts.model.Quantization;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which engine is opened, and what the log says of those that are not. */
class EngineLadderTest {

    private static final EngineOptions OPTIONS = new EngineOptions(3, 1, false, false);
    private static final ModelShape SHAPE = ModelShape.proportioned(2, 128, 100, 90);
    private static final List<Integer> FIRST = List.of(0);

    @TempDir private Path directory;
    private RecordedLog log;

    @BeforeEach
    void recordLog() {
        log = new RecordedLog(Level.INFO);
    }

    @AfterEach
    void endLog() {
        log.close();
    }

    private ModelForms model(Quantization quantization) throws IOException {
        ModelDirectory exported = CudaModels.export(SHAPE, quantization, directory);
        return new ModelForms(exported.path().toString(), null, null);
    }

    private ModelForms bothForms() throws IOException {
        ModelForms given = model(Quantization.INT8);
        CudaModels.export(
                directory.resolve("random.safetensors"),
                Quantization.INT8_CUDA,
                Path.of(given.directory()));
        return given;
    }

    private List<String> warnings() {
        return log.lines().stream().filter(line -> line.startsWith("WARN")).toList();
    }

    private List<String> aboutDevices() {
        return warnings().stream().filter(line -> line.contains("device")).toList();
    }

    private static EngineLadder emulated(CudaDevice device) {
        return new EngineLadder(
                true, (model, options, index) -> CudaEngine.open(model.forCuda(), options, device));
    }

    /** What can be wrong with a device. */
    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        "no library",
                        new OnnxUnavailableException(new UnsatisfiedLinkError("libcudart.so.12"))),
                Arguments.of(
                        "self-test",
                        new InferenceException(
                                "the results on CUDA device 0 are not the same bits",
                                new IllegalStateException("row 1 of a batch of 2, and alone"))),
                Arguments.of(
                        "no captured and no single launches",
                        new InferenceException(
                                "the model can't be loaded on CUDA device 0",
                                new IllegalStateException("launch failure"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void testAutoTakesTheCpuAndSaysWhyInOneLine(String name, RuntimeException fault)
            throws IOException {
        EngineLadder ladder =
                new EngineLadder(
                        true,
                        (model, options, index) -> {
                            throw fault;
                        });
        try (InferenceEngine engine =
                ladder.climb(Device.AUTO, FIRST, model(Quantization.INT8), OPTIONS)) {
            assertThat(engine).isInstanceOf(CpuEngine.class);
            assertThat(engine.ownThread()).isEmpty();
        }
        assertThat(aboutDevices())
                .singleElement()
                .asString()
                .contains("The CPU computes, not a CUDA device: " + fault.getMessage());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void testCudaRefusesInsteadOfFallingBelowTheDevice(String name, RuntimeException fault)
            throws IOException {
        ModelForms model = model(Quantization.INT8);
        EngineLadder ladder =
                new EngineLadder(
                        true,
                        (forms, options, index) -> {
                            throw fault;
                        });
        assertThatThrownBy(() -> ladder.climb(Device.CUDA, FIRST, model, OPTIONS)).isSameAs(fault);
        assertThat(aboutDevices()).isEmpty();
        // The device was given back: the next one says what is wrong, not that it is taken.
        assertThatThrownBy(() -> ladder.climb(Device.CUDA, FIRST, model, OPTIONS)).isSameAs(fault);
    }

    /** As today: nothing is looked for, and nothing is said. */
    @Test
    void testAutoWithoutTheProviderTakesTheCpuWithoutALine() throws IOException {
        Assumptions.assumeFalse(CudaDevice.providerAvailable());
        try (InferenceEngine engine =
                EngineLadder.open(Device.AUTO, FIRST, model(Quantization.INT8), OPTIONS)) {
            assertThat(engine).isInstanceOf(CpuEngine.class);
        }
        assertThat(aboutDevices()).isEmpty();
    }

    @Test
    void testCudaWithoutTheProviderIsRefusedWithWhatIsMissing() throws IOException {
        Assumptions.assumeFalse(OnnxRuntime.providers().contains("CUDA"));
        ModelForms model = model(Quantization.INT8);
        assertThatThrownBy(() -> EngineLadder.open(Device.CUDA, FIRST, model, OPTIONS))
                .isInstanceOf(OnnxUnavailableException.class)
                .hasMessageContaining("onnxruntime_gpu");
    }

    @Test
    void testCpuDoesNotLookForADevice() throws IOException {
        EngineLadder ladder =
                new EngineLadder(
                        true,
                        (model, options, index) -> {
                            throw new AssertionError("looked for a device");
                        });
        ladder.climb(Device.CPU, FIRST, model(Quantization.INT8), OPTIONS).close();
    }

    @Test
    void testDeviceIsTakenWithAThreadOfItsOwnAndGivenBack() throws IOException {
        CudaDevice device = Emulation.device();
        ModelForms model = bothForms();
        EngineLadder ladder = emulated(device);
        try (InferenceEngine engine = ladder.climb(Device.AUTO, FIRST, model, OPTIONS)) {
            assertThat(engine).isInstanceOf(EngineThread.class);
            assertThat(engine.ownThread()).isPresent();
            assertThat(engine.deviceBytes()).isPositive();
            engine.step(new int[] {1}, new int[] {5}, 1);
            byte[] onDevice = engine.saveState(1);
            try (InferenceEngine second = ladder.climb(Device.AUTO, FIRST, model, OPTIONS)) {
                assertThat(second).isInstanceOf(CpuEngine.class);
                assertThat(aboutDevices())
                        .singleElement()
                        .asString()
                        .contains("another engine of this process computes on CUDA device 0");
                second.loadState(0, onDevice);
                second.step(new int[] {0}, new int[] {6}, 1);
            }
            assertThatThrownBy(() -> ladder.climb(Device.CUDA, FIRST, model, OPTIONS))
                    .isInstanceOf(DeviceTakenException.class);
        }
        InferenceEngine again = ladder.climb(Device.CUDA, FIRST, model, OPTIONS);
        again.close();
        again.close();
        assertThatThrownBy(() -> again.saveState(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void testEnginesOfAProcessTakeTheDevicesThatFlinkHasOneByOne() throws IOException {
        CudaDevice device = Emulation.device();
        ModelForms model = bothForms();
        StringBuilder opened = new StringBuilder();
        EngineLadder ladder =
                new EngineLadder(
                        true,
                        (forms, options, index) -> {
                            opened.append(index).append(' ');
                            return CudaEngine.open(forms.forCuda(), options, device);
                        });
        try (InferenceEngine first = ladder.climb(Device.CUDA, List.of(2, 5), model, OPTIONS);
                InferenceEngine second = ladder.climb(Device.CUDA, List.of(2, 5), model, OPTIONS)) {
            assertThat(first.slots()).isEqualTo(second.slots());
        }
        assertThat(opened).hasToString("2 5 ");
    }

    @Test
    void testDeviceWithoutEnoughMemoryLeavesTheModelToTheCpu() throws IOException {
        CudaDevice device = Emulation.device();
        ModelForms model = bothForms();
        Emulation.limitMemory(100_000);
        try (InferenceEngine engine = emulated(device).climb(Device.AUTO, FIRST, model, OPTIONS)) {
            assertThat(engine).isInstanceOf(CpuEngine.class);
        } finally {
            Emulation.schedule(0);
        }
        assertThat(aboutDevices().get(aboutDevices().size() - 1))
                .contains("The CPU computes, not a CUDA device: the model can't be loaded on")
                .contains("memory");
    }

    /** With ONNX Runtime's CUDA provider only: without it nothing is captured. */
    @Test
    void testCaptureThatIsRefusedLeavesTheModelOnTheDevice() throws IOException {
        CudaDevice device = Emulation.device();
        Assumptions.assumeFalse(device.isEmulated());
        ModelForms model = bothForms();
        Emulation.allowCaptures(false);
        try (InferenceEngine engine = emulated(device).climb(Device.CUDA, FIRST, model, OPTIONS)) {
            assertThat(engine).isInstanceOf(EngineThread.class);
            engine.step(new int[] {1}, new int[] {5}, 1);
        } finally {
            Emulation.allowCaptures(true);
        }
        assertThat(aboutDevices())
                .singleElement()
                .asString()
                .contains("No captured steps on CUDA device 0: ");
        assertThat(log.lines()).anyMatch(line -> line.contains("(experimental, EAGER)"));
    }

    @Test
    void testWeightsThatADeviceDoesNotTakeStayOnTheCpu() throws IOException {
        CudaDevice device = Emulation.device();
        ModelForms floats = model(Quantization.NONE);
        try (InferenceEngine engine = emulated(device).climb(Device.AUTO, FIRST, floats, OPTIONS)) {
            assertThat(engine).isInstanceOf(CpuEngine.class);
        }
        assertThat(aboutDevices())
                .singleElement()
                .asString()
                .contains("weights of the form none")
                .contains("take one of the quantisations int8, int8-native, fp16");
        assertThatThrownBy(() -> emulated(device).climb(Device.CUDA, FIRST, floats, OPTIONS))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("weights of the form none");
    }

    @Test
    void testFileThatCannotBeReadIsNoReasonForAnotherRung() throws IOException {
        ModelForms model = model(Quantization.INT8);
        EngineLadder ladder =
                new EngineLadder(
                        true,
                        (forms, options, index) -> {
                            throw new IOException("stale file handle");
                        });
        assertThatThrownBy(() -> ladder.climb(Device.AUTO, FIRST, model, OPTIONS))
                .isInstanceOf(IOException.class)
                .hasMessage("stale file handle");
        assertThatThrownBy(
                        () ->
                                new EngineLadder(
                                                true,
                                                (forms, options, index) -> {
                                                    throw new UncheckedIOException(
                                                            new IOException("gone"));
                                                })
                                        .climb(Device.AUTO, FIRST, model, OPTIONS))
                .isInstanceOf(UncheckedIOException.class);
    }
}
