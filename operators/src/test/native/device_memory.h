// Memory that kernels of a test use as well as the test itself.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "../../main/native/cuda/device.h"

namespace rwkvtts::cuda {

/** Allocates memory that a device shares with the host. */
template <typename Number>
struct SharedAllocator {
    using value_type = Number;

    SharedAllocator() = default;

    template <typename Other>
    SharedAllocator(const SharedAllocator<Other>&) {}

    Number* allocate(size_t count) {
        void* memory = nullptr;
        const int error = rwkvtts::cuda::allocate(&memory, sizeof(Number) * count, true);
        if (error != 0) {
            std::fprintf(stderr, "no memory for a test: %s\n", error_text(error));
            std::abort();
        }
        return static_cast<Number*>(memory);
    }

    void deallocate(Number* memory, size_t) { release(memory, true); }

    template <typename Other>
    bool operator==(const SharedAllocator<Other>&) const {
        return true;
    }

    template <typename Other>
    bool operator!=(const SharedAllocator<Other>&) const {
        return false;
    }
};

template <typename Number>
using Memory = std::vector<Number, SharedAllocator<Number>>;

}  // namespace rwkvtts::cuda
