// Products of bytes, several at once, and the second matrices of the low-rank pairs.
#pragma once

#include "kernels.cuh"

namespace rwkvtts::cuda {

// A tile of weights is [16 columns of the result, 32 of K], in the order in which the threads of a
// warp want it: thread t has the 16 bytes from 16 t on (add_product in device.h).
constexpr int kTileColumns = 16;
constexpr int kTileInner = 32;
constexpr int kTileBytes = kTileColumns * kTileInner;
constexpr int kTileRows = 16;

constexpr int kMostProducts = 7;
constexpr int kProductWarps = 8;
constexpr unsigned kProductThreads = kProductWarps * kWarp;

/** sums [M, width] of x [M, inner] and a matrix. */
struct ByteProduct {
    const uint8_t* x;
    /** [width / 16, inner / 32, 512] */
    const int8_t* tiles;
    int32_t* sums;
    int inner;
    int width;
    /** Blocks of the products before this one. */
    int first_block;
};

struct ByteProducts {
    ByteProduct products[kMostProducts];
    int count;
    int rows;
};

/** Four bytes of a row, zeros where there is none. */
DEVICE uint32_t word_of(const ByteProduct& p, int rows, int row, int column) {
    return row < rows
        ? *reinterpret_cast<const uint32_t*>(p.x + static_cast<int64_t>(row) * p.inner + column)
        : 0;
}

/**
 * A block for each 16 columns of a product and each kRowTiles times 16 rows. Its warps share K;
 * integers have the same sum in any order.
 */
template <bool kUnsigned, int kRowTiles>
__global__ void __launch_bounds__(kProductThreads) byte_products(const ByteProducts a) {
    __shared__ int32_t parts[kProductWarps][kRowTiles * kTileRows * kTileColumns];
    int index = 0;
    while (index + 1 < a.count && static_cast<int>(blockIdx.x) >= a.products[index + 1].first_block) {
        index++;
    }
    const ByteProduct& p = a.products[index];
    const int warp = threadIdx.x / kWarp;
    const int lane = threadIdx.x % kWarp;
    const int first_row = blockIdx.y * kRowTiles * kTileRows;
    const int tile_column = blockIdx.x - p.first_block;
    const int steps = p.inner / kTileInner;
    const int group = lane / 4;
    const int inner = lane % 4 * 4;
    int sums[kRowTiles][8] = {};
    const int8_t* const tiles =
        p.tiles + static_cast<int64_t>(tile_column) * steps * kTileBytes + lane * 16;
#pragma unroll 4
    for (int step = warp; step < steps; step += kProductWarps) {
        const uint4 weights = *reinterpret_cast<const uint4*>(tiles + step * kTileBytes);
        const int column = step * kTileInner + inner;
#pragma unroll
        for (int tile = 0; tile < kRowTiles; tile++) {
            const int row = first_row + tile * kTileRows + group;
            const uint4 x = make_uint4(word_of(p, a.rows, row, column),
                word_of(p, a.rows, row + 8, column),
                word_of(p, a.rows, row, column + kTileInner / 2),
                word_of(p, a.rows, row + 8, column + kTileInner / 2));
            add_product<kUnsigned>(sums[tile], x, weights);
        }
    }
#pragma unroll
    for (int tile = 0; tile < kRowTiles; tile++) {
#pragma unroll
        for (int n = 0; n < 8; n++) {
            const int row = tile * kTileRows + group + n / 2 % 2 * 8;
            const int column = lane % 4 * 2 + n % 2 + n / 4 * 8;
            parts[warp][row * kTileColumns + column] = sums[tile][n];
        }
    }
    BLOCK_BARRIER();
    for (int i = threadIdx.x; i < kRowTiles * kTileRows * kTileColumns; i += kProductThreads) {
        const int row = first_row + i / kTileColumns;
        if (row < a.rows) {
            int32_t sum = 0;
#pragma unroll
            for (int part = 0; part < kProductWarps; part++) {
                sum += parts[part][i];
            }
            p.sums[static_cast<int64_t>(row) * p.width + tile_column * kTileColumns
                + i % kTileColumns] = sum;
        }
    }
}

constexpr int kMostPairs = 4;
constexpr unsigned kUpThreads = 64;
constexpr int kUpRows = 4;
constexpr int kUpInner = 64;
constexpr int kUpStride = 256;

/** out [M, width] of the inner values [M, rank] and a matrix [rank, width]. */
struct LowRank {
    Sums inner;
    const float* matrix;
    int rank;
    Activation activation;
    float* out;
};

struct LowRanks {
    LowRank pairs[kMostPairs];
    int rows;
    int width;
};

/**
 * A block for each 64 columns of a pair and each 4 rows: grid (columns, rows, pairs). A thread adds
 * up one column: 256 ranks in their order by fused multiply-adds, then the sums of these. So does
 * ONNX Runtime on CPUs that have such.
 */
__global__ void __launch_bounds__(kUpThreads) low_rank_up(const LowRanks a) {
    __shared__ float inner[kUpRows][kUpInner];
    const LowRank& pair = a.pairs[blockIdx.z];
    const int column = static_cast<int>(blockIdx.x * kUpThreads + threadIdx.x);
    const int first_row = blockIdx.y * kUpRows;
    float totals[kUpRows] = {};
    float sums[kUpRows] = {};
    for (int from = 0; from < pair.rank; from += kUpInner) {
        const int count = pair.rank - from < kUpInner ? pair.rank - from : kUpInner;
        // The part before this one has been read.
        BLOCK_BARRIER();
        for (int i = threadIdx.x; i < kUpRows * kUpInner; i += kUpThreads) {
            const int row = first_row + i / kUpInner;
            const int rank = i % kUpInner;
            if (row < a.rows && rank < count) {
                inner[i / kUpInner][rank] =
                    activated(scaled(pair.inner, pair.rank, row, from + rank), pair.activation);
            }
        }
        BLOCK_BARRIER();
        const float* const matrix = pair.matrix + static_cast<int64_t>(from) * a.width + column;
#pragma unroll 8
        for (int rank = 0; rank < count; rank++) {
            const float weight = matrix[static_cast<int64_t>(rank) * a.width];
#pragma unroll
            for (int row = 0; row < kUpRows; row++) {
                sums[row] = fmaf(inner[row][rank], weight, sums[row]);
            }
        }
        if ((from + kUpInner) % kUpStride == 0 || from + kUpInner >= pair.rank) {
#pragma unroll
            for (int row = 0; row < kUpRows; row++) {
                totals[row] = from < kUpStride ? sums[row] : totals[row] + sums[row];
                sums[row] = 0;
            }
        }
    }
#pragma unroll
    for (int row = 0; row < kUpRows; row++) {
        if (first_row + row < a.rows) {
            pair.out[static_cast<int64_t>(first_row + row) * a.width + column] = totals[row];
        }
    }
}

}  // namespace rwkvtts::cuda
