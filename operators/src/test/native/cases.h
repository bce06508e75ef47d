// Cases of a test of kernels, and the random numbers they are made of.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "device_memory.h"

namespace rwkvtts::cuda {

inline std::mt19937 generator(1);

inline Memory<float> floats(size_t count, float from, float to) {
    std::uniform_real_distribution<float> uniform(from, to);
    Memory<float> result(count);
    for (float& value : result) {
        value = uniform(generator);
    }
    return result;
}

template <typename Number>
Memory<Number> integers(size_t count, int from, int to) {
    std::uniform_int_distribution<int> uniform(from, to);
    Memory<Number> result(count);
    for (Number& value : result) {
        value = static_cast<Number>(uniform(generator));
    }
    return result;
}

template <typename Number>
bool same(const char* what, const Memory<Number>& actual, const Memory<Number>& expected,
    bool quiet) {
    if (actual.size() == expected.size()
        && std::memcmp(actual.data(), expected.data(), sizeof(Number) * actual.size()) == 0) {
        return true;
    }
    if (!quiet) {
        size_t i = 0;
        while (i < actual.size() && std::memcmp(&actual[i], &expected[i], sizeof(Number)) == 0) {
            i++;
        }
        std::printf("%s: number %zu of %zu is %.9g, expected %.9g\n", what, i, actual.size(),
            static_cast<double>(actual[i]), static_cast<double>(expected[i]));
    }
    return false;
}

/** Waits for a kernel. */
inline void done(int error) {
    error = error != 0 ? error : finish();
    if (error != 0) {
        std::printf("a kernel failed: %s\n", error_text(error));
        std::exit(1);
    }
}

/** Launches kernels and says whether they yield what the CPU's do; not a word if quiet. */
struct Case {
    std::string name;
    std::function<bool(bool quiet)> agrees;
};

inline std::vector<Case> cases;

}  // namespace rwkvtts::cuda
