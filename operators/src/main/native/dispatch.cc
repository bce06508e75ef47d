// What must not be compiled for a CPU that may not be there.

#include <cstddef>
#include <vector>

#include "kernels.h"

namespace rwkvtts {

bool supported(const Kernels& kernels) {
#ifdef __x86_64__
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (&kernels == &x86_64_v3) {
        return v3;
    }
    if (&kernels == &x86_64_v4) {
        return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
                && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
                && __builtin_cpu_supports("avx512vnni");
    }
#endif
    return &kernels == &baseline;
}

float* scratch(int64_t count) {
    static thread_local std::vector<float> memory;
    if (memory.size() < static_cast<size_t>(count)) {
        memory.resize(count);
    }
    return memory.data();
}

}  // namespace rwkvtts
