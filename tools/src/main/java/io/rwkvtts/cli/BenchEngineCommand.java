package io.rwkvtts.cli;

import io.rwkvtts.bench.engine.DeviceRate;
import io.rwkvtts.bench.engine.DeviceTables;
import io.rwkvtts.bench.engine.EngineBench;
import io.rwkvtts.bench.engine.EngineBenchSettings;
import io.rwkvtts.bench.engine.EngineReport;
import io.rwkvtts.bench.engine.EngineTables;
import io.rwkvtts.bench.engine.StateBench;
import io.rwkvtts.bench.engine.StateReport;
import io.rwkvtts.doctor.CudaRequirement;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.device.Device;
import io.rwkvtts.engine.device.EngineLadder;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.model.ModelForms;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tts bench engine}: steps, prefill and states. */
@Command(
        name = "engine",
        mixinStandardHelpOptions = true,
        description = {
            "Measure the engine alone: steps of batches and prefill, each also as a multiple of the",
            "least time that the machine would need, which is measured in the same rounds.",
            ""
        })
final class BenchEngineCommand implements Callable<Integer> {

    /** A turn of --states is short by itself. */
    private static final int ROUNDS_OF_STATES = 3;

    @Spec private CommandSpec spec;
    @Mixin private BenchModelOptions models;
    @Mixin private JsonOption json;

    @Option(
            names = "--batch",
            split = ",",
            paramLabel = "N",
            converter = PositiveConverter.class,
            defaultValue = "1,8,32",
            description = "sequences stepped together (default: ${DEFAULT-VALUE})")
    private List<Integer> batches;

    @Option(
            names = "--prefill",
            split = ",",
            paramLabel = "N",
            converter = PositiveConverter.class,
            defaultValue = "128",
            description = "lengths of prompts fed in one call (default: ${DEFAULT-VALUE})")
    private List<Integer> prompts;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            converter = PositiveConverter.class,
            defaultValue = "8",
            description = "how often each model and size has its turn (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--turn-ms",
            paramLabel = "MS",
            converter = PositiveConverter.class,
            defaultValue = "500",
            description = "length of a turn, milliseconds (default: ${DEFAULT-VALUE})")
    private int turnMs;

    @Option(
            names = "--states",
            description =
                    "measure instead whether steps take as long at token 2000 of a sequence as at"
                            + " token 10")
    private boolean states;

    @Option(
            names = "--device",
            paramLabel = "cpu|cuda",
            converter = DeviceConverter.class,
            defaultValue = "cpu",
            description =
                    "what is measured; with cuda one model in its form for that on CUDA device 0"
                            + " (experimental), with a second table beside what the memory of the"
                            + " device allows; the first one has the floors of the CPU (default:"
                            + " ${DEFAULT-VALUE})")
    private Device device;

    @Override
    public Integer call() throws IOException {
        json.check();
        if (device == Device.AUTO) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--device auto: a measurement has to say of what; expected cpu or cuda");
        }
        if (device == Device.CUDA) {
            CudaRequirement.check(0);
        }
        PrintWriter out = spec.commandLine().getOut();
        EngineBenchSettings settings = settings();
        if (states) {
            StateReport report = new StateBench(settings, this::open).run();
            EngineTables.print(report, out);
            json.write(report);
        } else {
            double before = deviceRate();
            EngineReport report = new EngineBench(settings, this::open).run();
            EngineTables.print(report, out);
            if (device == Device.CUDA) {
                double rate = Math.max(before, deviceRate());
                DeviceTables.print(report, settings.models().get(0), rate, out);
            }
            json.write(report);
        }
        return 0;
    }

    private double deviceRate() {
        return device == Device.CUDA ? DeviceRate.gigabytesPerSecond(0) : 0;
    }

    private InferenceEngine open(ModelDirectory model, EngineOptions options) {
        ModelForms alone = new ModelForms(model.path().toString(), null, null);
        try {
            return EngineLadder.open(device, List.of(0), alone, options);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private EngineBenchSettings settings() throws IOException {
        return new EngineBenchSettings(
                device == Device.CUDA ? models.openForCuda() : models.open(),
                batches,
                prompts,
                models.threads(),
                states ? rounds * ROUNDS_OF_STATES : rounds,
                Duration.ofMillis(turnMs));
    }
}
