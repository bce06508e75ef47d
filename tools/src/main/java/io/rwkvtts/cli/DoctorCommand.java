package io.rwkvtts.cli;

import io.rwkvtts.doctor.Diagnosis;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tts doctor}: what works on this machine. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Says what of this works on this machine, and what to install for the rest: processor,"
                    + " memory, ONNX Runtime, native operators, NVIDIA driver, GPUs, CUDA"
                    + " libraries, compilers. Needs no model and no Kafka.",
            ""
        },
        footer = {
            "",
            "With --json one JSON object:",
            "  speaks        whether speech can be generated here",
            "  quantization  the fastest form of a model that is right here",
            "  gpu           what keeps an engine on a GPU from running, in words",
            "  cpuChecks, gpuChecks",
            "                what was found: name, status (ok, absent or bad), found in",
            "                words, advice if there is something to be done",
            "",
            "Exit status: 0 if speech can be generated here, else 1."
        })
final class DoctorCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "print JSON in the place of a page")
    private boolean json;

    @Override
    public Integer call() {
        Diagnosis diagnosis = Diagnosis.ofThisMachine();
        if (json) {
            JsonLine.print(spec.commandLine().getOut(), diagnosis);
        } else {
            diagnosis.page().forEach(spec.commandLine().getOut()::println);
        }
        return diagnosis.speaks() ? 0 : 1;
    }
}
