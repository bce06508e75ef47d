// CUDA kernels on a CPU. A block is a group of fibers on one thread that change places where threads
// of a device wait for each other: at barriers of the block and where a warp does something
// together. What a device would hang on or leave undefined is an error here: threads that wait at
// unlike barriers, or end while others wait; a warp of which not all threads do the same together.
//
// In which order blocks, warps and threads run is the schedule, by number: what is right does not
// depend on it. A barrier can be left out, to see whether anything notices.
#pragma once

#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "../../main/native/numbers.h"

#define __global__ static
#define __device__
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __shared__ static thread_local
#define __launch_bounds__(...)

/** All threads of a block wait here for each other; the barriers of a file are numbered. */
#define BLOCK_BARRIER() emulation::barrier(__LINE__)

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
};
struct uchar4 {
    uint8_t x, y, z, w;
};
struct alignas(16) int4 {
    int x, y, z, w;
};
struct alignas(16) uint4 {
    uint32_t x, y, z, w;
};
struct float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
inline uchar4 make_uchar4(uint8_t x, uint8_t y, uint8_t z, uint8_t w) { return {x, y, z, w}; }
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

namespace emulation {

constexpr int kWarp = 32;
constexpr size_t kStackBytes = 64 << 10;

/** Schedules that a test should try: blocks, warps and threads forwards or backwards, and mixed. */
constexpr int kOrders = 8;
constexpr int kSchedules = 14;

/** A barrier of a kernel. */
using Barrier = std::pair<const void*, int>;

/** How kernels run from now on, in all threads. */
struct Settings {
    int schedule = 0;
    /** Not waited at. */
    Barrier left_out{nullptr, 0};
    /** Those that were met are noted here, if it is not null. */
    std::set<Barrier>* met = nullptr;
};
inline Settings settings;

/** What has been asked of the device. */
struct Counts {
    int64_t launches;
    int64_t copies;
    int64_t allocations;
    /** Graphs that were launched; each counts as the kernels in it, too. */
    int64_t graphs;
};

#ifdef __x86_64__
/** Where a fiber goes on: its stack, on top of which are the next instruction and the frame. */
using Place = void*;

/** Leaves for another place; returns when somebody comes back to this one. */
__attribute__((noinline)) inline void go(Place& from, Place& to) {
    Place* own = &from;
    Place* other = &to;
    // 128 bytes below the stack belong to the function that runs.
    asm volatile(
        "leaq -128(%%rsp), %%rsp\n"
        "leaq 1f(%%rip), %%rax\n"
        "pushq %%rbp\n"
        "pushq %%rax\n"
        "movq %%rsp, (%%rdi)\n"
        "movq (%%rsi), %%rsp\n"
        "popq %%rax\n"
        "jmp *%%rax\n"
        "1: popq %%rbp\n"
        "leaq 128(%%rsp), %%rsp\n"
        : "+D"(own), "+S"(other)
        :
        : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc",
        "memory");
}

inline void begin(Place& place, char* stack, void (*body)()) {
    void** top = reinterpret_cast<void**>(stack + kStackBytes);
    // As after a call: no frame to return to.
    *--top = nullptr;
    *--top = reinterpret_cast<void*>(body);
    place = top;
}
#else
/** Where a fiber goes on. */
struct Place {
    jmp_buf next;
    ucontext_t start;
    bool begun = true;
};

__attribute__((noinline)) inline void go(Place& from, Place& to) {
    if (_setjmp(from.next) != 0) {
        return;
    }
    if (to.begun) {
        _longjmp(to.next, 1);
    }
    to.begun = true;
    setcontext(&to.start);
}

inline void begin(Place& place, char* stack, void (*body)()) {
    getcontext(&place.start);
    place.start.uc_stack.ss_sp = stack;
    place.start.uc_stack.ss_size = kStackBytes;
    place.start.uc_link = nullptr;
    makecontext(&place.start, body, 0);
    place.begun = false;
}
#endif

/** What all threads of a warp do together: something with what each of them brings. */
using Together = void (*)(void* const* brought);

enum class State { kReady, kAtBarrier, kTogether, kDone };

struct Fiber {
    Place place;
    std::unique_ptr<char[]> stack{new char[kStackBytes]};
    bool started = false;
    State state = State::kDone;
    int barrier = 0;
    Together together = nullptr;
    void* brought = nullptr;
};

/** The block that a thread of this process runs. */
struct Block {
    std::vector<std::unique_ptr<Fiber>> fibers;
    Place scheduler;
    int threads = 0;
    int current = 0;
    void (*body)(const void* kernel, const void* arguments) = nullptr;
    const void* kernel = nullptr;
    const void* arguments = nullptr;
    uint32_t random = 1;
    dim3 index;

    uint32_t next_random(uint32_t limit) {
        random = random * 1664525u + 1013904223u;
        return (random >> 8) % limit;
    }
};
inline thread_local Block block;

[[noreturn]] inline void fail(const char* what) {
    std::fprintf(stderr, "emulated kernel: %s (block %u, %u, %u)\n", what, block.index.x,
        block.index.y, block.index.z);
    std::abort();
}

/** Lets others run until the scheduler comes back to this fiber. */
inline void pause(State state) {
    Fiber& self = *block.fibers[block.current];
    self.state = state;
    go(self.place, block.scheduler);
}

/** A fiber: runs one block after the other. */
inline void run_fiber() {
    for (;;) {
        block.body(block.kernel, block.arguments);
        pause(State::kDone);
    }
}

inline void resume(int thread) {
    block.current = thread;
    Fiber& fiber = *block.fibers[thread];
    if (!fiber.started) {
        fiber.started = true;
        begin(fiber.place, fiber.stack.get(), run_fiber);
    }
    go(block.scheduler, fiber.place);
}

inline void barrier(int number) {
    const Barrier here{block.kernel, number};
    if (settings.met != nullptr) {
        settings.met->insert(here);
    }
    if (here == settings.left_out) {
        return;
    }
    block.fibers[block.current]->barrier = number;
    pause(State::kAtBarrier);
}

/** Returns when `what` has been done with what the 32 threads of the warp bring. */
inline void do_together(Together what, void* brought) {
    Fiber& self = *block.fibers[block.current];
    self.together = what;
    self.brought = brought;
    pause(State::kTogether);
}

/** Whether the warp did something together, and its threads can go on. */
inline bool finish_together(int first) {
    void* brought[kWarp];
    const Fiber& leader = *block.fibers[first];
    for (int lane = 0; lane < kWarp; lane++) {
        const Fiber& fiber = *block.fibers[first + lane];
        if ((fiber.state == State::kTogether) != (leader.state == State::kTogether)
            || (fiber.state == State::kTogether && fiber.together != leader.together)) {
            fail("threads of a warp do not do the same together");
        }
        brought[lane] = fiber.brought;
    }
    if (leader.state != State::kTogether) {
        return false;
    }
    leader.together(brought);
    for (int lane = 0; lane < kWarp; lane++) {
        block.fibers[first + lane]->state = State::kReady;
    }
    return true;
}

/** Runs a warp: up to where it must wait for others, or in a mixed schedule now and then less. */
inline void run_warp(int first) {
    const bool mixed = settings.schedule >= kOrders;
    const bool backwards = settings.schedule / 2 % 2 == 1;
    do {
        const int turn = mixed ? static_cast<int>(block.next_random(kWarp)) : 0;
        for (int n = 0; n < kWarp; n++) {
            const int lane = ((backwards ? kWarp - 1 - n : n) + turn) % kWarp;
            if (block.fibers[first + lane]->state == State::kReady) {
                resume(first + lane);
            }
        }
    } while (finish_together(first) && !(mixed && block.next_random(3) == 0));
}

/** Lets the threads go on that wait at a barrier; whether there are any. */
inline bool pass_barrier() {
    int waiting = 0;
    int done = 0;
    for (int i = 0; i < block.threads; i++) {
        const Fiber& fiber = *block.fibers[i];
        waiting += fiber.state == State::kAtBarrier && fiber.barrier == block.fibers[0]->barrier;
        done += fiber.state == State::kDone;
    }
    if (done == block.threads) {
        return false;
    }
    if (waiting != block.threads) {
        fail("not all threads of a block come to a barrier");
    }
    for (int i = 0; i < block.threads; i++) {
        block.fibers[i]->state = State::kReady;
    }
    return true;
}

inline bool runnable(int warps) {
    for (int i = 0; i < warps * kWarp; i++) {
        if (block.fibers[i]->state == State::kReady) {
            return true;
        }
    }
    return false;
}

inline void run_block() {
    const int warps = block.threads / kWarp;
    const bool mixed = settings.schedule >= kOrders;
    const bool backwards = settings.schedule % 2 == 1;
    for (int i = 0; i < block.threads; i++) {
        block.fibers[i]->state = State::kReady;
    }
    do {
        do {
            const int turn = mixed ? static_cast<int>(block.next_random(warps)) : 0;
            for (int n = 0; n < warps; n++) {
                run_warp(((backwards ? warps - 1 - n : n) + turn) % warps * kWarp);
            }
        } while (runnable(warps));
    } while (pass_barrier());
}

/** Runs all blocks of a grid. */
template <typename Arguments>
void run(void (*kernel)(Arguments), dim3 grid, int threads, const Arguments& arguments) {
    if (threads % kWarp != 0) {
        fail("a block is no whole number of warps");
    }
    while (block.fibers.size() < static_cast<size_t>(threads)) {
        block.fibers.push_back(std::make_unique<Fiber>());
    }
    block.threads = threads;
    block.kernel = reinterpret_cast<const void*>(kernel);
    block.arguments = &arguments;
    block.random = static_cast<uint32_t>(settings.schedule) + 1;
    block.body = [](const void* kernel, const void* arguments) {
        reinterpret_cast<void (*)(Arguments)>(const_cast<void*>(kernel))(
            *static_cast<const Arguments*>(arguments));
    };
    const int64_t blocks = static_cast<int64_t>(grid.x) * grid.y * grid.z;
    const bool backwards = settings.schedule / 4 % 2 == 1;
    for (int64_t n = 0; n < blocks; n++) {
        const int64_t i = backwards ? blocks - 1 - n : n;
        block.index.x = static_cast<unsigned>(i % grid.x);
        block.index.y = static_cast<unsigned>(i / grid.x % grid.y);
        block.index.z = static_cast<unsigned>(i / grid.x / grid.y);
        run_block();
    }
}

inline dim3 thread_index() {
    dim3 index;
    index.x = static_cast<unsigned>(block.current);
    index.y = index.z = 0;
    return index;
}

}  // namespace emulation

#define threadIdx emulation::thread_index()
#define blockIdx emulation::block.index

namespace rwkvtts::cuda {

using Stream = void*;

template <int kCount, int kNumbers>
inline void sum_over_neighbours(float (&numbers)[kNumbers]) {
    emulation::do_together(
        [](void* const* brought) {
            for (int i = 0; i < kNumbers; i++) {
                float sums[emulation::kWarp];
                for (int lane = 0; lane < emulation::kWarp; lane++) {
                    sums[lane] = static_cast<float*>(brought[lane])[i];
                }
                for (int half = kCount / 2; half > 0; half /= 2) {
                    float others[emulation::kWarp];
                    for (int lane = 0; lane < emulation::kWarp; lane++) {
                        others[lane] = sums[lane ^ half];
                    }
                    for (int lane = 0; lane < emulation::kWarp; lane++) {
                        sums[lane] += others[lane];
                    }
                }
                for (int lane = 0; lane < emulation::kWarp; lane++) {
                    static_cast<float*>(brought[lane])[i] = sums[lane];
                }
            }
        },
        numbers);
}

template <int kCount>
inline float sum_of_neighbours(float value) {
    float alone[] = {value};
    sum_over_neighbours<kCount>(alone);
    return alone[0];
}

/** A 16-bit float as a 32-bit one: its exponent and digits stand for a number 2^112 times larger. */
inline float float_of(uint32_t half) {
    const uint32_t bits = (half & 0x7fff) << 13;
    float magnitude;
    std::memcpy(&magnitude, &bits, sizeof magnitude);
    // Infinity and what is no number.
    magnitude = (half & 0x7c00) == 0x7c00 ? ((half & 0x3ff) == 0 ? HUGE_VALF : std::nanf(""))
                                          : magnitude * 0x1p112f;
    return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

inline float2 floats_of(uint32_t halves) { return {float_of(halves & 0xffff), float_of(halves >> 16)}; }

/** What is made of the values of the threads of a warp, for each of them. */
template <uint32_t (*kCombine)(uint32_t, uint32_t)>
inline uint32_t combined_of_warp(uint32_t value) {
    emulation::do_together(
        [](void* const* brought) {
            uint32_t result = 0;
            for (int lane = 0; lane < emulation::kWarp; lane++) {
                result = kCombine(result, *static_cast<uint32_t*>(brought[lane]));
            }
            for (int lane = 0; lane < emulation::kWarp; lane++) {
                *static_cast<uint32_t*>(brought[lane]) = result;
            }
        },
        &value);
    return value;
}

inline uint32_t larger_of(uint32_t a, uint32_t b) { return a > b ? a : b; }
inline uint32_t sum_of(uint32_t a, uint32_t b) { return a + b; }

inline uint32_t largest_of_warp(uint32_t value) { return combined_of_warp<larger_of>(value); }
inline uint32_t sum_of_warp(uint32_t value) { return combined_of_warp<sum_of>(value); }

/** What a thread of a warp has of a product of tiles: device.h says which numbers these are. */
struct TilePart {
    int* sums;
    uint4 a;
    uint4 b;
};

template <bool kUnsigned>
inline int16_t number_of(uint32_t word, int byte) {
    const uint32_t bits = word >> 8 * byte & 0xff;
    return kUnsigned ? static_cast<int16_t>(bits) : static_cast<int8_t>(bits);
}

template <bool kUnsigned>
void add_tiles(void* const* brought) {
    constexpr int kSide = 16;
    constexpr int kInner = 32;
    int16_t a[kSide][kInner], b[kSide][kInner];
    for (int lane = 0; lane < emulation::kWarp; lane++) {
        const TilePart& part = *static_cast<TilePart*>(brought[lane]);
        const int group = lane / 4;
        const int inner = lane % 4 * 4;
        for (int i = 0; i < 4; i++) {
            a[group][inner + i] = number_of<kUnsigned>(part.a.x, i);
            a[group + 8][inner + i] = number_of<kUnsigned>(part.a.y, i);
            a[group][inner + 16 + i] = number_of<kUnsigned>(part.a.z, i);
            a[group + 8][inner + 16 + i] = number_of<kUnsigned>(part.a.w, i);
            b[group][inner + i] = number_of<false>(part.b.x, i);
            b[group][inner + 16 + i] = number_of<false>(part.b.y, i);
            b[group + 8][inner + i] = number_of<false>(part.b.z, i);
            b[group + 8][inner + 16 + i] = number_of<false>(part.b.w, i);
        }
    }
    for (int lane = 0; lane < emulation::kWarp; lane++) {
        int* const sums = static_cast<TilePart*>(brought[lane])->sums;
        for (int n = 0; n < 8; n++) {
            const int16_t* const row = a[lane / 4 + n / 2 % 2 * 8];
            const int16_t* const column = b[lane % 4 * 2 + n % 2 + n / 4 * 8];
            int sum = 0;
            for (int k = 0; k < kInner; k++) {
                sum += row[k] * column[k];
            }
            sums[n] += sum;
        }
    }
}

template <bool kUnsigned>
inline void add_product(int (&sums)[8], const uint4& a, const uint4& b) {
    TilePart part{sums, a, b};
    emulation::do_together(add_tiles<kUnsigned>, &part);
}

}  // namespace rwkvtts::cuda

#ifdef RWKVTTS_STANDIN
#include "standin_device.h"
#else
#include "emulated_device.h"
#endif
