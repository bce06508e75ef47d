package io.rwkvtts.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.rwkvtts.doctor.Check.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the files of machines that are not at hand are read. */
class DiagnosisTest {

    @TempDir private Path root;

    @Test
    void testProcessorIsReadFromItsFlags() throws IOException {
        write(
                "proc/cpuinfo",
                "processor\t: 0\nmodel name\t: Some CPU @ 2.00GHz\nflags\t\t: fma avx2 avx512f avx512bw avx512vl avx512dq avx512_vnni\n");
        Processor processor = Processor.of(machine());
        assertThat(processor.name()).isEqualTo("Some CPU @ 2.00GHz");
        assertThat(processor.avx2()).isTrue();
        assertThat(processor.avx512()).isTrue();
        assertThat(processor.vnni()).isTrue();
        write("proc/cpuinfo", "model name\t: Some CPU\nflags\t\t: fma avx2 avx512f\n");
        assertThat(Processor.of(machine()).avx512()).isFalse();
        assertThat(Processor.of(machine()).vnni()).isFalse();
    }

    @Test
    void testMachineWithoutTheFilesOfLinuxIsDescribed() {
        assertThat(Processor.of(machine()).name()).isEqualTo(System.getProperty("os.arch"));
        assertThat(MemoryCheck.of(machine()).status()).isEqualTo(Status.OK);
    }

    @Test
    void testLimitOfAContainerCountsAsItsMemory() throws IOException {
        write("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        assertThat(MemoryCheck.of(machine()).found()).startsWith("16384 MiB, of which 8192 MiB");
        assertThat(MemoryCheck.of(machine()).status()).isEqualTo(Status.OK);
        write("sys/fs/cgroup/memory.max", "max\n");
        assertThat(MemoryCheck.of(machine()).found()).doesNotContain("limited");
        write("sys/fs/cgroup/memory.max", "1073741824\n");
        assertThat(MemoryCheck.of(machine()).found()).contains("limited to 1024 MiB");
        assertThat(MemoryCheck.of(machine()).status()).isEqualTo(Status.BAD);
    }

    @Test
    void testDriverIsNamedByItsFile() throws IOException {
        write(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Fri Jan 24 2025\nGCC version: 12\n");
        assertThat(driver("12.8"))
                .isEqualTo(new Check("nvidia driver", Status.OK, "570.86.15", null));
        write(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\n");
        assertThat(driver("12.8").found()).isEqualTo("580.65.06");
    }

    @Test
    void testDriverHasToBeNewEnoughForTheCudaOfTheOperators() throws IOException {
        assertThat(driver("13.0").advice()).contains("driver, 580 or later");
        assertThat(driver("12.9").advice()).contains("driver, 525 or later");
        assertThat(driver(null).advice()).contains("driver, 525 or later");
        write(
                "proc/driver/nvidia/version",
                "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Fri Jan 24 2025\n");
        assertThat(driver("13.0").status()).isEqualTo(Status.BAD);
        assertThat(driver("13.0").advice())
                .isEqualTo("the operators are of CUDA 13.0: install driver 580 or later");
        assertThat(driver("12.9").status()).isEqualTo(Status.OK);
        assertThat(driver(null).status()).isEqualTo(Status.OK);
    }

    private Check driver(String toolkit) {
        return GpuChecks.driver(machine(), Optional.ofNullable(toolkit));
    }

    @Test
    void testDeviceIsTakenFromComputeCapability8On() {
        assertThat(GpuChecks.device("gpu 0", "NVIDIA H200, 9.0, 143771 MiB"))
                .isEqualTo(
                        new Check(
                                "gpu 0",
                                Status.OK,
                                "NVIDIA H200, compute capability 9.0, 143771 MiB",
                                null));
        assertThat(GpuChecks.device("gpu 1", "Tesla V100-SXM2-16GB, 7.0, 16384 MiB").status())
                .isEqualTo(Status.BAD);
        assertThat(GpuChecks.device("gpu 2", "[Not Supported]").advice()).contains("driver");
    }

    @Test
    void testLibrariesThatTheLoaderDoesNotKnowAreToldFromMissingOnes() throws IOException {
        assertThat(gpu("cuda libraries").found()).contains("libcublasLt.so.12");
        for (String library :
                List.of(
                        "libcudart.so.12",
                        "libcublas.so.12",
                        "libcublasLt.so.12",
                        "libcurand.so.10")) {
            write("usr/local/cuda/lib64/" + library, "");
        }
        Check check = gpu("cuda libraries");
        assertThat(check.status()).isEqualTo(Status.BAD);
        assertThat(check.advice()).isEqualTo("set LD_LIBRARY_PATH=/usr/local/cuda/lib64");
        Machine told = new Machine(root, Map.of("LD_LIBRARY_PATH", ":/usr/local/cuda/lib64"));
        assertThat(find(GpuChecks.of(told), "cuda libraries").status()).isEqualTo(Status.OK);
    }

    @Test
    void testProgramsAreRunAndThoseThatAreMissingOrFailAreNone() {
        assertThat(machine().run("echo", "a b")).contains(List.of("a b"));
        assertThat(machine().run("false")).isEqualTo(Optional.empty());
        assertThat(machine().run("no-such-program-anywhere")).isEqualTo(Optional.empty());
        // More than a pipe holds.
        assertThat(machine().run("seq", "40000").orElseThrow()).hasSize(40_000);
    }

    private Machine machine() {
        return new Machine(root, Map.of());
    }

    private Check gpu(String name) {
        return find(GpuChecks.of(machine()), name);
    }

    private static Check find(List<Check> checks, String name) {
        return checks.stream().filter(check -> check.name().equals(name)).findFirst().orElseThrow();
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
