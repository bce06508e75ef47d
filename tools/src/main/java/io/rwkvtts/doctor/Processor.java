package io.rwkvtts.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What Linux says of the processor.
 *
 * @param name as the system reports it; the architecture where it reports none
 * @param flags its instruction sets, as Linux names them; none elsewhere
 */
record Processor(String name, Set<String> flags) {

    private static final Set<String> AVX512 = Set.of("avx512f", "avx512bw", "avx512vl", "avx512dq");

    static Processor of(Machine machine) {
        List<String> lines = machine.lines("/proc/cpuinfo");
        Set<String> flags = new TreeSet<>();
        // x86 says "flags", ARM "Features".
        value(lines, "flags")
                .or(() -> value(lines, "Features"))
                .ifPresent(names -> flags.addAll(List.of(names.split(" "))));
        return new Processor(
                value(lines, "model name").orElse(System.getProperty("os.arch")), flags);
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip());
    }

    boolean avx2() {
        return flags.contains("avx2") && flags.contains("fma");
    }

    boolean avx512() {
        return flags.containsAll(AVX512);
    }

    /** Exact products of bytes on x86. */
    boolean vnni() {
        return flags.contains("avx512_vnni") || flags.contains("avx_vnni");
    }

    /** In words. */
    String describe() {
        StringBuilder text = new StringBuilder(name);
        text.append(", ").append(Runtime.getRuntime().availableProcessors());
        text.append(" to be used");
        for (String set :
                new String[] {
                    avx2() ? "AVX2" : "", avx512() ? "AVX-512" : "", vnni() ? "VNNI" : ""
                }) {
            if (!set.isEmpty()) {
                text.append(", ").append(set);
            }
        }
        return text.toString();
    }
}
