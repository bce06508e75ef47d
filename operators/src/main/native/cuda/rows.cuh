// What all kernels that have a block for each row share.
#pragma once

#include "device.h"

namespace rwkvtts::cuda {

constexpr unsigned kRowThreads = 256;
constexpr int kWarp = 32;
constexpr int kRowWarps = kRowThreads / kWarp;

DEVICE uint32_t bits_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

DEVICE float of_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

DEVICE uint32_t larger(uint32_t a, uint32_t b) { return a > b ? a : b; }

}  // namespace rwkvtts::cuda
