// The emulated device alone, for ONNX Runtime's CPU provider: its memory is that of the process, and a
// kernel is done when it has been launched.
#pragma once

#include "emulation.h"

namespace rwkvtts::cuda {

/** The operators are for the CPU provider. */
constexpr const char* kProvider = nullptr;

// Errors, by CUDA's numbers.
constexpr int kOutOfMemory = 2;
constexpr int kNoDevice = 101;
constexpr int kLaunchFailure = 719;

inline int64_t launches_left = INT64_MAX;
inline int64_t bytes_left = INT64_MAX;
inline emulation::Counts counts{};

/** After that many kernels one fails; not more bytes can be allocated. */
inline void set_limits(int64_t launches, int64_t bytes) {
    launches_left = launches;
    bytes_left = bytes;
}

/** There are none. */
inline void allow_captures(bool) {}

inline emulation::Counts counted() { return counts; }

template <typename Arguments>
int launch(
    void (*kernel)(Arguments), dim3 grid, unsigned threads, Stream, const Arguments& arguments) {
    if (launches_left-- <= 0) {
        return kLaunchFailure;
    }
    counts.launches++;
    emulation::run(kernel, grid, static_cast<int>(threads), arguments);
    return 0;
}

/** The memory of the device is that of the process. */
constexpr const char* kMemoryName = "Cpu";

inline int select_device(int index) { return index == 0 ? 0 : kNoDevice; }

inline const char* error_text(int error) {
    return error == kOutOfMemory ? "out of memory" : error == kNoDevice ? "no such device" : "failure";
}

inline int free_bytes(size_t* bytes) {
    *bytes = static_cast<size_t>(bytes_left);
    return 0;
}

inline int finish() { return 0; }

inline int zero(void* memory, size_t bytes) {
    std::memset(memory, 0, bytes);
    return 0;
}

inline int copy(void* to, const void* from, size_t bytes) {
    counts.copies++;
    std::memcpy(to, from, bytes);
    return 0;
}

inline int allocate(void** memory, size_t bytes, bool) {
    constexpr size_t kAlignment = 256;
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (static_cast<int64_t>(rounded) > bytes_left) {
        return kOutOfMemory;
    }
    *memory = std::aligned_alloc(kAlignment, rounded);
    if (*memory == nullptr) {
        return kOutOfMemory;
    }
    bytes_left -= static_cast<int64_t>(rounded);
    counts.allocations++;
    return zero(*memory, bytes);
}

inline int release(void* memory, bool) {
    std::free(memory);
    return 0;
}

}  // namespace rwkvtts::cuda
