// Products of floats and matrices of 16-bit floats, several at once.
//
// A product is the same bits whatever the other rows of the call are and however many there are:
// fused multiply-adds of 32-bit floats in an order that depends on the inner dimension alone. It is
// cut into tiles of 32. Each sum has 32 parts; part 4 w + i adds up, for the tiles w, w + 8, w + 16,
// ... in this order, the numbers 8 i to 8 i + 7 of the tile. Parts 4 w + 2 and 3 are added to 4 w
// and 4 w + 1, then 4 w + 1 to 4 w; then those of w = 0, 1, ..., 7 one after the other. (The tensor
// cores would be faster with many rows, but in which order and how they round is not defined.)
#pragma once

#include "products.cuh"

namespace rwkvtts::cuda {

// A tile of weights is [8 columns of the result, 32 of K] of 16-bit floats: thread t of a warp has
// column t / 4 and the 8 numbers from 8 (t % 4) on, 16 bytes.
constexpr int kHalfColumns = 8;
constexpr int kHalfInner = 32;
constexpr int kHalfTile = kHalfColumns * kHalfInner;
constexpr int kHalvesOfThread = 8;
constexpr int kHalfLanes = kHalfInner / kHalvesOfThread;

/** Columns are padded with zeros to a multiple of that many tiles, which a block can have. */
constexpr int kHalfTilesTogether = 4;

/** out [M, width] of x [M, inner] and a matrix. */
struct HalfProduct {
    const float* x;
    /** [tiles_beside, inner / 32, 256] */
    const uint16_t* tiles;
    float* out;
    int inner;
    /** At most 8 tiles_beside. */
    int width;
    int tiles_beside;
    /** Blocks of the products before this one. */
    int first_block;
};

struct HalfProducts {
    HalfProduct products[kMostProducts];
    int count;
    int rows;
    /** Whether the results are max(0, sum)². */
    bool squared_relu;
};

/** What a thread has of a tile. */
struct HalfWeights {
    float at[kHalvesOfThread];
};

DEVICE HalfWeights weights_of(const uint4& words) {
    const float2 a = floats_of(words.x);
    const float2 b = floats_of(words.y);
    const float2 c = floats_of(words.z);
    const float2 d = floats_of(words.w);
    return {{a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y}};
}

/** A sum that is no number stays none. */
DEVICE float squared_positive(float sum) {
    const float positive = sum < 0 ? 0 : sum;
    return positive * positive;
}

/** A block for each kTiles tiles of columns of a product and each kRows rows; its warps share K. */
template <int kRows, int kTiles>
__global__ void __launch_bounds__(kProductThreads) half_products(const HalfProducts a) {
    constexpr int kColumns = kTiles * kHalfColumns;
    __shared__ float parts[kProductWarps][kRows * kColumns];
    int index = 0;
    while (index + 1 < a.count && static_cast<int>(blockIdx.x) >= a.products[index + 1].first_block) {
        index++;
    }
    const HalfProduct& p = a.products[index];
    const int warp = threadIdx.x / kWarp;
    const int lane = threadIdx.x % kWarp;
    const int first_row = blockIdx.y * kRows;
    const int first_tile = (blockIdx.x - p.first_block) * kTiles;
    const int steps = p.inner / kHalfInner;
    const uint16_t* const tiles = p.tiles + static_cast<int64_t>(first_tile) * steps * kHalfTile
        + lane * kHalvesOfThread;
    const float* const x = p.x + lane % kHalfLanes * kHalvesOfThread;
    float sums[kTiles][kRows] = {};
    // As many weights are asked for at once as there are registers for.
    constexpr int kAhead = kRows == 1 ? 8 : kRows <= 4 ? 4 : kTiles == 1 ? 2 : 1;
    for (int next = warp; next < steps; next += kProductWarps * kAhead) {
        uint4 words[kAhead][kTiles];
#pragma unroll
        for (int i = 0; i < kAhead; i++) {
            const int step = next + i * kProductWarps;
            if (step < steps) {
#pragma unroll
                for (int tile = 0; tile < kTiles; tile++) {
                    words[i][tile] = *reinterpret_cast<const uint4*>(
                        tiles + (static_cast<int64_t>(tile) * steps + step) * kHalfTile);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < kAhead; i++) {
            const int step = next + i * kProductWarps;
            if (step < steps) {
                HalfWeights weights[kTiles];
#pragma unroll
                for (int tile = 0; tile < kTiles; tile++) {
                    weights[tile] = weights_of(words[i][tile]);
                }
#pragma unroll
                for (int row = 0; row < kRows; row++) {
                    if (first_row + row < a.rows) {
                        const float* const from = x
                            + static_cast<int64_t>(first_row + row) * p.inner + step * kHalfInner;
                        const Quad numbers[] = {load(from), load(from + kQuad)};
#pragma unroll
                        for (int k = 0; k < kHalvesOfThread; k++) {
#pragma unroll
                            for (int tile = 0; tile < kTiles; tile++) {
                                sums[tile][row] = fmaf(numbers[k / kQuad].at[k % kQuad],
                                    weights[tile].at[k], sums[tile][row]);
                            }
                        }
                    }
                }
            }
        }
    }
#pragma unroll
    for (int tile = 0; tile < kTiles; tile++) {
        sum_over_neighbours<kHalfLanes>(sums[tile]);
#pragma unroll
        for (int row = 0; row < kRows; row++) {
            if (lane % kHalfLanes == 0) {
                parts[warp][row * kColumns + tile * kHalfColumns + lane / kHalfLanes] =
                    sums[tile][row];
            }
        }
    }
    BLOCK_BARRIER();
    for (int i = threadIdx.x; i < kRows * kColumns; i += kProductThreads) {
        const int row = first_row + i / kColumns;
        const int column = first_tile * kHalfColumns + i % kColumns;
        if (row < a.rows && column < p.width) {
            float sum = parts[0][i];
#pragma unroll
            for (int part = 1; part < kProductWarps; part++) {
                sum += parts[part][i];
            }
            p.out[static_cast<int64_t>(row) * p.width + column] =
                a.squared_relu ? squared_positive(sum) : sum;
        }
    }
}

}  // namespace rwkvtts::cuda
