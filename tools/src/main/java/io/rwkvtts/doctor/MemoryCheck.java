package io.rwkvtts.doctor;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The memory of the machine, or of the container that this process is in. */
final class MemoryCheck {

    private static final long MIB = 1 << 20;

    /** The job with the 0.4B model in 8 bits and a few slots, and Flink beside it. */
    private static final long MODEL_MIB = 4096;

    private static final List<String> LIMITS =
            List.of("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes");

    private MemoryCheck() {}

    static Check of(Machine machine) {
        OptionalLong total = kibibytes(machine, "MemTotal");
        OptionalLong free = kibibytes(machine, "MemAvailable");
        if (total.isEmpty() || free.isEmpty()) {
            return Check.ok("memory", "this system does not say");
        }
        long totalMib = total.getAsLong() / 1024;
        Optional<Long> limit =
                LIMITS.stream()
                        .flatMap(file -> machine.lines(file).stream())
                        .filter(line -> line.matches("[0-9]{1,18}"))
                        .map(line -> Long.parseLong(line) / MIB)
                        .filter(mib -> mib < totalMib)
                        .findFirst();
        String found =
                "%d MiB, of which %d MiB are free%s; Java's heap may have %d MiB"
                        .formatted(
                                totalMib,
                                free.getAsLong() / 1024,
                                limit.map(mib -> ", limited to %d MiB here".formatted(mib))
                                        .orElse(""),
                                Runtime.getRuntime().maxMemory() / MIB);
        return limit.orElse(totalMib) >= MODEL_MIB
                ? Check.ok("memory", found)
                : Check.bad(
                        "memory",
                        found,
                        "the demo voice needs 2 GiB, a 0.4B model at least "
                                + MODEL_MIB / 1024
                                + " GiB: give the machine or the container more");
    }

    private static OptionalLong kibibytes(Machine machine, String key) {
        return machine.lines("/proc/meminfo").stream()
                .filter(line -> line.matches(key + ": +[0-9]{1,18} kB"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst();
    }
}
