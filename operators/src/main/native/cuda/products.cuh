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

/** What a thread has of two rows of a tile, 8 rows apart (device.h). */
DEVICE uint4 words_of(const ByteProduct& p, int rows, int row, int column) {
    return make_uint4(word_of(p, rows, row, column), word_of(p, rows, row + 8, column),
        word_of(p, rows, row, column + kTileInner / 2),
        word_of(p, rows, row + 8, column + kTileInner / 2));
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
    // What takes time is to wait for the weights, so as many of them are asked for at once as there
    // are registers for what they are multiplied with.
    constexpr int kAhead = 8 / kRowTiles;
    for (int next = warp; next < steps; next += kProductWarps * kAhead) {
        uint4 weights[kAhead], x[kAhead][kRowTiles];
#pragma unroll
        for (int i = 0; i < kAhead; i++) {
            const int step = next + i * kProductWarps;
            if (step < steps) {
                weights[i] = *reinterpret_cast<const uint4*>(tiles + step * kTileBytes);
#pragma unroll
                for (int tile = 0; tile < kRowTiles; tile++) {
                    x[i][tile] = words_of(
                        p, a.rows, first_row + tile * kTileRows + group, step * kTileInner + inner);
                }
            }
        }
#pragma unroll
        for (int i = 0; i < kAhead; i++) {
            if (next + i * kProductWarps < steps) {
#pragma unroll
                for (int tile = 0; tile < kRowTiles; tile++) {
                    add_product<kUnsigned>(sums[tile], x[i][tile], weights[i]);
                }
            }
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
constexpr int kUpColumns = 64;
constexpr int kUpGroups = 4;
constexpr unsigned kUpThreads = kUpColumns * kUpGroups;
constexpr int kUpInner = 64;
constexpr int kUpStride = kChain;

/** out [M, width] of the inner values [M, rank], Sums or Floats, and a matrix [rank, width]. */
template <typename Product>
struct LowRankOf {
    Product inner;
    const float* matrix;
    int rank;
    Activation activation;
    float* out;
};

template <typename Product>
struct LowRanksOf {
    LowRankOf<Product> pairs[kMostPairs];
    int rows;
    int width;
};
using LowRanks = LowRanksOf<Sums>;

/**
 * A block for each 64 columns of a pair and 4 or 16 rows: grid (columns, rows, pairs). A thread adds
 * up one column of kRows rows: 256 ranks in their order by fused multiply-adds, then the sums of
 * these. So does ONNX Runtime on CPUs that have such.
 */
template <int kRows, typename Product>
__global__ void __launch_bounds__(kUpThreads) low_rank_up(const LowRanksOf<Product> a) {
    alignas(16) __shared__ float weights[kUpInner][kUpColumns];
    __shared__ float inner[kUpGroups * kRows][kUpInner];
    const LowRankOf<Product>& pair = a.pairs[blockIdx.z];
    const int column = threadIdx.x % kUpColumns;
    const int group = threadIdx.x / kUpColumns;
    const int first_column = blockIdx.x * kUpColumns;
    const int first_row = blockIdx.y * kUpGroups * kRows;
    float totals[kRows] = {};
    float sums[kRows] = {};
    for (int from = 0; from < pair.rank; from += kUpInner) {
        const int count = pair.rank - from < kUpInner ? pair.rank - from : kUpInner;
        const float* const matrix = pair.matrix + static_cast<int64_t>(from) * a.width + first_column;
        // The part before this one has been read.
        BLOCK_BARRIER();
#pragma unroll
        for (int i = threadIdx.x * kQuad; i < kUpInner * kUpColumns; i += kUpThreads * kQuad) {
            const int rank = i / kUpColumns;
            if (rank < count) {
                store(&weights[rank][i % kUpColumns],
                    load(matrix + static_cast<int64_t>(rank) * a.width + i % kUpColumns));
            }
        }
        for (int i = threadIdx.x; i < kUpGroups * kRows * kUpInner; i += kUpThreads) {
            const int row = first_row + i / kUpInner;
            const int rank = i % kUpInner;
            if (row < a.rows && rank < count) {
                inner[i / kUpInner][rank] =
                    activated(scaled(pair.inner, pair.rank, row, from + rank), pair.activation);
            }
        }
        BLOCK_BARRIER();
#pragma unroll 8
        for (int rank = 0; rank < count; rank++) {
            const float weight = weights[rank][column];
#pragma unroll
            for (int row = 0; row < kRows; row++) {
                sums[row] = fmaf(inner[group * kRows + row][rank], weight, sums[row]);
            }
        }
        if ((from + kUpInner) % kUpStride == 0 || from + kUpInner >= pair.rank) {
#pragma unroll
            for (int row = 0; row < kRows; row++) {
                totals[row] = from < kUpStride ? sums[row] : totals[row] + sums[row];
                sums[row] = 0;
            }
        }
    }
#pragma unroll
    for (int row = 0; row < kRows; row++) {
        const int64_t out_row = first_row + group * kRows + row;
        if (out_row < a.rows) {
            pair.out[out_row * a.width + first_column + column] = totals[row];
        }
    }
}

}  // namespace rwkvtts::cuda
