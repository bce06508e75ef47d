// Kernels with the grids they want. Rows and sizes have been checked by the caller.
#pragma once

#include "halves.cuh"
#include "products.cuh"
#include "time_mix.cuh"

namespace rwkvtts::cuda {

inline dim3 grid_of(int64_t x, int64_t y = 1, int64_t z = 1) {
    dim3 grid;
    grid.x = static_cast<unsigned>(x);
    grid.y = static_cast<unsigned>(y);
    grid.z = static_cast<unsigned>(z);
    return grid;
}

inline int64_t divided_up(int64_t count, int64_t by) { return (count + by - 1) / by; }

/** Calls body with the quads that a thread of a row of this width has, as a type. */
template <int kQuads>
struct Quads {
    static constexpr int kCount = kQuads;
};

template <typename Body>
int with_quads(int64_t width, const Body& body) {
    constexpr int64_t kOnce = kRowThreads * kQuad;
    if (width <= kOnce) {
        return body(Quads<1>());
    }
    return width <= 2 * kOnce ? body(Quads<2>()) : body(Quads<kMostQuads>());
}

inline int launch_norm_mix(Stream stream, const SlotNormMix& a, int64_t sequences) {
    return with_quads(a.norm.width, [&](auto quads) {
        constexpr int kQuads = decltype(quads)::kCount;
        if (a.shifts.tokens == 1) {
            return launch(norm_mix<kQuads, true>, grid_of(sequences), kRowThreads, stream, a);
        }
        const int error = launch(norm_mix<kQuads, false>, grid_of(sequences * a.shifts.tokens),
            kRowThreads, stream, a);
        return error != 0
            ? error
            : launch(keep_norm<kQuads, SlotNormMix>, grid_of(sequences), kRowThreads, stream, a);
    });
}

inline int launch_norm_mix(Stream stream, const SlotNormMixFloats& a, int64_t sequences) {
    return with_quads(a.norm.width, [&](auto quads) {
        constexpr int kQuads = decltype(quads)::kCount;
        if (a.shifts.tokens == 1) {
            return launch(
                norm_mix_floats<kQuads, true>, grid_of(sequences), kRowThreads, stream, a);
        }
        const int error = launch(norm_mix_floats<kQuads, false>,
            grid_of(sequences * a.shifts.tokens), kRowThreads, stream, a);
        return error != 0 ? error
                          : launch(keep_norm<kQuads, SlotNormMixFloats>, grid_of(sequences),
                                kRowThreads, stream, a);
    });
}

inline int launch_last_norm(Stream stream, const SlotLastNorm& a, int64_t sequences) {
    return with_quads(a.norm.width, [&](auto quads) {
        return launch(
            last_norm<decltype(quads)::kCount>, grid_of(sequences), kRowThreads, stream, a);
    });
}

inline int launch_last_norm(Stream stream, const SlotLastNormFloats& a, int64_t sequences) {
    return with_quads(a.norm.width, [&](auto quads) {
        return launch(
            last_norm_floats<decltype(quads)::kCount>, grid_of(sequences), kRowThreads, stream, a);
    });
}

inline int launch_quantize_rows(Stream stream, const RowBytes& a, int64_t rows) {
    return launch(quantize_rows, grid_of(rows), kRowThreads, stream, a);
}

inline int launch_squared_relu(Stream stream, const ReluBytes& a, int64_t rows) {
    return launch(squared_relu, grid_of(rows), kRowThreads, stream, a);
}

inline int launch_scale_sums(Stream stream, const RowSums& a, int64_t rows) {
    return launch(
        scale_sums, grid_of(divided_up(a.width, kRowThreads), rows), kRowThreads, stream, a);
}

inline int launch_embed(Stream stream, const Embed& a, int64_t rows) {
    return launch(embed, grid_of(rows), kRowThreads, stream, a);
}

template <typename Product>
int launch_time_mix(Stream stream, const SlotTimeMixOf<Product>& a, int64_t sequences) {
    return launch(time_mix<Product>, grid_of(sequences * a.heads), kHead, stream, a);
}

template <typename Product>
int launch_low_rank_up(Stream stream, const LowRanksOf<Product>& a, int pairs) {
    // Rows of one block share what it has loaded of the matrix.
    constexpr int kManyRows = 4;
    if (a.rows <= kUpGroups) {
        return launch(
            low_rank_up<1, Product>, grid_of(a.width / kUpColumns, 1, pairs), kUpThreads, stream, a);
    }
    return launch(low_rank_up<kManyRows, Product>,
        grid_of(a.width / kUpColumns, divided_up(a.rows, kUpGroups * kManyRows), pairs), kUpThreads,
        stream, a);
}

template <bool kUnsigned>
int launch_byte_products(Stream stream, ByteProducts a) {
    int blocks = 0;
    for (int i = 0; i < a.count; i++) {
        a.products[i].first_block = blocks;
        blocks += a.products[i].width / kTileColumns;
    }
    // Few rows need few tiles; more than 4 in one block would take too many registers.
    const int64_t tiles = divided_up(a.rows, kTileRows);
    if (tiles == 1) {
        return launch(
            byte_products<kUnsigned, 1>, grid_of(blocks), kProductThreads, stream, a);
    }
    if (tiles == 2) {
        return launch(
            byte_products<kUnsigned, 2>, grid_of(blocks), kProductThreads, stream, a);
    }
    return launch(byte_products<kUnsigned, 4>, grid_of(blocks, divided_up(tiles, 4)),
        kProductThreads, stream, a);
}

template <int kRows, int kTiles>
int launch_half_products(Stream stream, HalfProducts a) {
    int blocks = 0;
    for (int i = 0; i < a.count; i++) {
        a.products[i].first_block = blocks;
        blocks += a.products[i].tiles_beside / kTiles;
    }
    return launch(half_products<kRows, kTiles>, grid_of(blocks, divided_up(a.rows, kRows)),
        kProductThreads, stream, a);
}

/** The results are the same, however many rows and tiles a block has. */
inline int launch_half_products(Stream stream, const HalfProducts& a) {
    if (a.rows == 1) {
        return launch_half_products<1, 1>(stream, a);
    }
    if (a.rows <= 4) {
        return launch_half_products<4, 1>(stream, a);
    }
    return a.rows <= 16 ? launch_half_products<16, 1>(stream, a)
                        : launch_half_products<16, kHalfTilesTogether>(stream, a);
}

}  // namespace rwkvtts::cuda
