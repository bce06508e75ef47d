// The emulated device below ONNX Runtime's CUDA provider: kernels go to the stand-in for CUDA's
// runtime (standin/cudart.cc), which has streams, captures and memory of its own.
#pragma once

#include "emulation.h"

extern "C" {
int cudaSetDevice(int device);
const char* cudaGetErrorString(int error);
int cudaMalloc(void** memory, size_t bytes);
int cudaHostAlloc(void** memory, size_t bytes, unsigned flags);
int cudaFree(void* memory);
int cudaFreeHost(void* memory);
int cudaMemset(void* memory, int value, size_t bytes);
int cudaMemcpy(void* to, const void* from, size_t bytes, int kind);
int cudaMemGetInfo(size_t* free, size_t* total);
int cudaDeviceSynchronize();
int standin_launch(void* stream, void (*run)(const void*), const void* what, size_t bytes);
void standin_set_limits(int64_t launches, int64_t bytes);
void standin_allow_captures(bool allowed);
void standin_count(int64_t* launches, int64_t* copies, int64_t* allocations, int64_t* graphs);
}

namespace rwkvtts::cuda {

constexpr const char* kProvider = "CUDAExecutionProvider";
constexpr const char* kMemoryName = "Cuda";

inline void set_limits(int64_t launches, int64_t bytes) { standin_set_limits(launches, bytes); }

inline void allow_captures(bool allowed) { standin_allow_captures(allowed); }

inline emulation::Counts counted() {
    emulation::Counts counts{};
    standin_count(&counts.launches, &counts.copies, &counts.allocations, &counts.graphs);
    return counts;
}

template <typename Arguments>
int launch(
    void (*kernel)(Arguments), dim3 grid, unsigned threads, Stream stream,
    const Arguments& arguments) {
    struct Call {
        void (*kernel)(Arguments);
        dim3 grid;
        int threads;
        Arguments arguments;
    };
    const Call call{kernel, grid, static_cast<int>(threads), arguments};
    return standin_launch(
        stream,
        [](const void* what) {
            const Call& call = *static_cast<const Call*>(what);
            emulation::run(call.kernel, call.grid, call.threads, call.arguments);
        },
        &call, sizeof call);
}

inline int select_device(int index) { return cudaSetDevice(index); }

inline const char* error_text(int error) { return cudaGetErrorString(error); }

inline int free_bytes(size_t* bytes) {
    size_t total = 0;
    return cudaMemGetInfo(bytes, &total);
}

inline int finish() { return cudaDeviceSynchronize(); }

inline int zero(void* memory, size_t bytes) { return cudaMemset(memory, 0, bytes); }

inline int copy(void* to, const void* from, size_t bytes) {
    constexpr int kByAddress = 4;
    return cudaMemcpy(to, from, bytes, kByAddress);
}

inline int allocate(void** memory, size_t bytes, bool shared) {
    const int error = shared ? cudaHostAlloc(memory, bytes, 0) : cudaMalloc(memory, bytes);
    if (error == 0 && shared) {
        std::memset(*memory, 0, bytes);
    }
    return error != 0 || shared ? error : zero(*memory, bytes);
}

inline int release(void* memory, bool shared) {
    return shared ? cudaFreeHost(memory) : cudaFree(memory);
}

}  // namespace rwkvtts::cuda
