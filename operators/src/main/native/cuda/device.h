// What the kernels need beyond C++, from CUDA or from the emulation of a device (src/test/native).
// Nothing else in the kernels knows which of the two it is compiled for.
//
// The results have the same bits on every device and in the emulation: products, sums, fmaf, quotients
// and square roots are those of IEEE 754 (nvcc -fmad=false, its default division and root; g++
// -ffp-contract=off), and no function of a mathematical library is called.
#pragma once

#ifdef RWKVTTS_EMULATION
#include "emulation.h"
#else
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

#include "../numbers.h"

/** All threads of a block wait here for each other. */
#define BLOCK_BARRIER() __syncthreads()

namespace rwkvtts::cuda {

using Stream = cudaStream_t;

/**
 * The sum of the values of that many neighbouring threads of a warp, the upper half of them added to
 * the lower half first, in each of them.
 */
template <int kCount>
__device__ __forceinline__ float sum_of_neighbours(float value) {
#pragma unroll
    for (int half = kCount / 2; half > 0; half /= 2) {
        value += __shfl_xor_sync(0xffffffffu, value, half);
    }
    return value;
}

/** The same for each of several numbers. */
template <int kCount, int kNumbers>
__device__ __forceinline__ void sum_over_neighbours(float (&numbers)[kNumbers]) {
#pragma unroll
    for (int i = 0; i < kNumbers; i++) {
        numbers[i] = sum_of_neighbours<kCount>(numbers[i]);
    }
}

/** Two 16-bit floats as 32-bit ones, that of the lower bits first. */
__device__ __forceinline__ float2 floats_of(uint32_t halves) {
    __half2 pair;
    memcpy(&pair, &halves, sizeof pair);
    return __half22float2(pair);
}

/** The largest value of the threads of a warp. */
__device__ __forceinline__ uint32_t largest_of_warp(uint32_t value) {
    return __reduce_max_sync(0xffffffffu, value);
}

/** The sum of the values of the threads of a warp. */
__device__ __forceinline__ uint32_t sum_of_warp(uint32_t value) {
    return __reduce_add_sync(0xffffffffu, value);
}

/** One instruction mma.m16n8k32 of a warp: sums [16, 8] += a [16, 32] · b [32, 8]. */
template <bool kUnsigned>
__device__ __forceinline__ void add_product(int* sums, const uint4& a, uint32_t b0, uint32_t b1) {
    if (kUnsigned) {
        asm("mma.sync.aligned.m16n8k32.row.col.s32.u8.s8.s32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
            : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
    } else {
        asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 "
            "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+r"(sums[0]), "+r"(sums[1]), "+r"(sums[2]), "+r"(sums[3])
            : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b0), "r"(b1));
    }
}

/**
 * sums [16, 16] += a [16, 32] · b [32, 16], bytes, by the tensor cores for a warp. Thread t = 4 g +
 * i of it holds: of a, row g and g + 8, columns 4 i to 4 i + 3 (x, y) and from 16 on (z, w); of b,
 * the same of columns g (x, y) and g + 8 (z, w); of the sums, of row g (0, 1, 4, 5) and g + 8 (2, 3,
 * 6, 7) the columns 2 i, 2 i + 1, and from 8 on.
 */
template <bool kUnsigned>
__device__ __forceinline__ void add_product(int (&sums)[8], const uint4& a, const uint4& b) {
    add_product<kUnsigned>(sums, a, b.x, b.y);
    add_product<kUnsigned>(sums + 4, a, b.z, b.w);
}

/** What ONNX Runtime calls the provider, and the memory of a device. */
constexpr const char* kProvider = "CUDAExecutionProvider";
constexpr const char* kMemoryName = "Cuda";

/** Makes a device that of the calling thread; an error of CUDA or 0, as from all of these. */
inline int select_device(int index) { return cudaSetDevice(index); }

inline const char* error_text(int error) {
    return cudaGetErrorString(static_cast<cudaError_t>(error));
}

/** Returns when all is done, for the streams of ONNX Runtime do not wait for others. */
inline int finished(cudaError_t error) {
    return error != cudaSuccess ? error : cudaStreamSynchronize(nullptr);
}

/** Memory of the device that nobody has allocated. */
inline int free_bytes(size_t* bytes) {
    size_t total = 0;
    return cudaMemGetInfo(bytes, &total);
}

/** Waits for all that was launched. */
inline int finish() { return cudaDeviceSynchronize(); }

inline int zero(void* memory, size_t bytes) { return finished(cudaMemset(memory, 0, bytes)); }

inline int copy(void* to, const void* from, size_t bytes) {
    return finished(cudaMemcpy(to, from, bytes, cudaMemcpyDefault));
}

/** Zeroed memory of the device, or of the host but for both. */
inline int allocate(void** memory, size_t bytes, bool shared) {
    if (!shared) {
        const cudaError_t error = cudaMalloc(memory, bytes);
        return error != cudaSuccess ? error : zero(*memory, bytes);
    }
    const cudaError_t error = cudaHostAlloc(memory, bytes, cudaHostAllocPortable);
    if (error == cudaSuccess) {
        std::memset(*memory, 0, bytes);
    }
    return error;
}

inline int release(void* memory, bool shared) {
    return shared ? cudaFreeHost(memory) : cudaFree(memory);
}

/** Puts a kernel into a stream; an error of CUDA or 0. */
template <typename Arguments>
int launch(
    void (*kernel)(Arguments), dim3 grid, unsigned threads, Stream stream,
    const Arguments& arguments) {
    kernel<<<grid, threads, 0, stream>>>(arguments);
    return static_cast<int>(cudaPeekAtLastError());
}

}  // namespace rwkvtts::cuda
#endif

#define DEVICE __device__ __forceinline__
