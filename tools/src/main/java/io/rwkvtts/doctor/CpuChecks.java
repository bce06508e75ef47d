package io.rwkvtts.doctor;

import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.onnx.NativeOperators;
import io.rwkvtts.onnx.OnnxRuntime;
import io.rwkvtts.onnx.OnnxUnavailableException;
import java.util.ArrayList;
import java.util.List;

/** What the engine on the CPU needs: ONNX Runtime, native operators, exact products of bytes. */
final class CpuChecks {

    private static final String COMPILER = "c++";

    private CpuChecks() {}

    static List<Check> of(Machine machine) {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.ok("java", java()));
        checks.add(Check.ok("processor", Processor.of(machine).describe()));
        checks.add(MemoryCheck.of(machine));
        Check runtime = runtime();
        checks.add(runtime);
        if (runtime.isOk()) {
            checks.add(products());
            checks.add(operators());
        }
        checks.add(compiler(machine));
        return checks;
    }

    private static String java() {
        return "%s, %s, on %s %s"
                .formatted(
                        System.getProperty("java.version"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"));
    }

    private static Check runtime() {
        try {
            return Check.ok(
                    "onnx runtime",
                    "%s, with %s"
                            .formatted(
                                    OnnxRuntime.version(),
                                    String.join(", ", OnnxRuntime.providers())));
        } catch (OnnxUnavailableException e) {
            return Check.bad("onnx runtime", e.getMessage(), "nothing works without it");
        }
    }

    private static Check products() {
        String name = "products of bytes";
        try {
            return CpuEngine.sumsBytesExactly()
                    ? Check.ok(name, "added up exactly by ONNX Runtime: int8 can be used")
                    : Check.absent(
                            name,
                            "not added up exactly by ONNX Runtime on this processor (x86 without VNNI)",
                            "take int8-native, int8-blocks or none; int8 may speak badly");
        } catch (InferenceException e) {
            return Check.bad(name, e.getMessage(), "take none");
        }
    }

    private static Check operators() {
        String name = "native operators";
        if (!NativeOperators.available()) {
            return Check.absent(
                    name,
                    "not in this build",
                    "for int8-native, the fastest: install a C++ compiler (apt-get install g++) and build again");
        }
        try {
            NativeOperators.load();
            return Check.ok(name, "loaded: int8-native can be used");
        } catch (OnnxUnavailableException e) {
            return Check.bad(name, e.getMessage(), "set -Djava.io.tmpdir to such a directory");
        }
    }

    private static Check compiler(Machine machine) {
        return machine.run(COMPILER, "--version")
                .filter(lines -> !lines.isEmpty())
                .map(lines -> Check.ok("c++ compiler", lines.get(0)))
                .orElse(
                        Check.absent(
                                "c++ compiler",
                                "none",
                                "only to build the native operators: apt-get install g++"));
    }
}
