package io.rwkvtts.doctor;

import io.rwkvtts.model.Quantization;
import java.util.ArrayList;
import java.util.List;

/**
 * All that was found on a machine, and what follows for its use.
 *
 * @param speaks whether speech can be generated here at all
 * @param quantization the fastest form of a model that is right here
 * @param gpu what keeps an engine on a GPU from running, in words; it is experimental in any case
 * @param cpuChecks of what the CPU needs
 * @param gpuChecks of what a GPU would need
 */
public record Diagnosis(
        boolean speaks,
        String quantization,
        String gpu,
        List<Check> cpuChecks,
        List<Check> gpuChecks) {

    private static final int NAME_WIDTH = 18;

    /** Looks and tries on this machine; takes a second or two. */
    public static Diagnosis ofThisMachine() {
        return of(Machine.here());
    }

    static Diagnosis of(Machine machine) {
        List<Check> cpu = CpuChecks.of(machine);
        List<Check> gpu = GpuChecks.of(machine);
        return new Diagnosis(isOk(cpu, "onnx runtime"), quantization(cpu), gpu(gpu), cpu, gpu);
    }

    private static String quantization(List<Check> checks) {
        if (isOk(checks, "native operators")) {
            return "int8-native";
        }
        return isOk(checks, "products of bytes") ? "int8" : "int8-blocks";
    }

    private static String gpu(List<Check> checks) {
        List<String> lacking =
                checks.stream()
                        .filter(check -> !check.isOk() && !check.name().equals("nvcc"))
                        .map(Check::name)
                        .toList();
        return lacking.isEmpty()
                ? "everything is there: --device auto takes it for weights of "
                        + String.join(", ", Quantization.takenByCuda())
                : "not here (" + String.join(", ", lacking) + "): the CPU is used";
    }

    private static boolean isOk(List<Check> checks, String name) {
        return checks.stream().anyMatch(check -> check.name().equals(name) && check.isOk());
    }

    /** One page for people. */
    public List<String> page() {
        List<String> lines = new ArrayList<>();
        lines.add(
                speaks
                        ? "Speech can be generated here; the fastest right form: --quantize "
                                + quantization
                        : "Speech can't be generated here.");
        lines.add("GPU: " + gpu);
        add(lines, "CPU", cpuChecks);
        add(lines, "GPU (experimental, never run on a card)", gpuChecks);
        return lines;
    }

    private static void add(List<String> lines, String title, List<Check> checks) {
        lines.add("");
        lines.add(title);
        for (Check check : checks) {
            lines.add(
                    "  %-6s  %s  %s"
                            .formatted(
                                    check.status().label(), padded(check.name()), check.found()));
            if (check.advice() != null) {
                lines.add("          %s  -> %s".formatted(padded(""), check.advice()));
            }
        }
    }

    private static String padded(String name) {
        return name + " ".repeat(Math.max(0, NAME_WIDTH - name.length()));
    }
}
