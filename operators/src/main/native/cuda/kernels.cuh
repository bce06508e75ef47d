// What the operators compute on a device, as kernels.cc does on a CPU and to the same bits: sums
// are taken in the same order (numbers.h). A block computes one row, or one head of a sequence, so
// that no number depends on other rows or on how many there are.
//
// The states of all sequences lie in one buffer [slots, floats of a slot] and are updated in place;
// `slots` names the row of the buffer for each sequence of a call. A sequence whose slot is none,
// such as -1, is computed from zeros and changes nothing: it fills up a batch.
#pragma once

#include "../kernels.h"
#include "rows.cuh"

namespace rwkvtts::cuda {

constexpr int kQuad = 4;

/** Widest row of a norm: it lies in shared memory. */
constexpr int kMostWidth = 4096;
constexpr int kMostQuads = kMostWidth / kQuad / kRowThreads;

/** Bytes [M, stride], of which the last of a row are zeros, and a scale for each row. */
struct PaddedBytes {
    uint8_t* values;
    float* scales;
    int stride;
};

/** Where the states of the sequences of a call are. */
struct States {
    /** Of slot 0, the part that a kernel is about. */
    float* first;
    int64_t slot_floats;
    int64_t slots;
    const int64_t* slot_of;
    const int64_t* lengths;
    int tokens;

    /** Null for a sequence without a slot. */
    __host__ __device__ float* of(int sequence) const {
        const int64_t slot = slot_of[sequence];
        return slot < 0 || slot >= slots ? nullptr : first + slot * slot_floats;
    }

    /** From 0 to T. */
    __device__ int length(int sequence) const {
        const int64_t length = lengths[sequence];
        return length < 0 ? 0 : length < tokens ? static_cast<int>(length) : tokens;
    }
};

/** e^x to about the last bit for what does not overflow, by 2^n * e^r with |r| <= ln(2) / 2. */
DEVICE float exponential(float x) {
    x = x < kExponentMin ? kExponentMin : x;
    x = x > kExponentMax ? kExponentMax : x;
    const float shifted = x * kBinaryLogarithmOfE + kRounder;
    const float n = shifted - kRounder;
    const float r = fmaf(n, kLogarithmOf2Rest, fmaf(n, -kLogarithmOf2, x));
    float sum = 1.0f / 5040;
    sum = fmaf(sum, r, 1.0f / 720);
    sum = fmaf(sum, r, 1.0f / 120);
    sum = fmaf(sum, r, 1.0f / 24);
    sum = fmaf(sum, r, 1.0f / 6);
    sum = fmaf(sum, r, 0.5f);
    sum = fmaf(sum, r, 1.0f);
    sum = fmaf(sum, r, 1.0f);
    return sum * of_bits((bits_of(shifted) - static_cast<uint32_t>(kRounderBits) + 127u) << 23);
}

DEVICE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

DEVICE float activated(float x, Activation activation) {
    switch (activation) {
        case Activation::kTanh:
            return 1.0f - 2.0f / (1.0f + exponential(2.0f * x));
        case Activation::kSigmoid:
            return sigmoid(x);
        default:
            return x;
    }
}

DEVICE float scaled(const Sums& sums, int64_t stride, int64_t row, int64_t column) {
    return static_cast<float>(sums.values[row * stride + column]) * sums.rows[row]
        * sums.columns[column];
}

/** What a product of floats yields, [M, width]; Sums are what one of bytes yields. */
struct Floats {
    const float* values;
};

DEVICE float scaled(const Floats& product, int64_t stride, int64_t row, int64_t column) {
    return product.values[row * stride + column];
}

/** The sum of numbers in shared memory, in every thread. */
DEVICE float ordered_sum(const float* numbers, int count) {
    float sum = 0;
    for (int i = threadIdx.x % kLanes; i < count; i += kLanes) {
        sum += numbers[i];
    }
    return sum_of_neighbours<kLanes>(sum);
}

/** The scale of a row of bytes, and what its floats are multiplied by to be bytes. */
struct Steps {
    float scale;
    float per_unit;
};

/**
 * The steps of a row by the bits of its largest magnitude, which are larger for what is no number
 * than for any number: such a row has no scale, since bytes could not show it.
 */
DEVICE Steps steps_of(uint32_t largest_bits, float steps) {
    constexpr uint32_t kInfinity = 0x7f800000;
    const float largest = of_bits(largest_bits);
    if (largest_bits >= kInfinity) {
        return {of_bits(0x7fc00000), 0};
    }
    return {largest / steps, largest > 0 ? steps / largest : 0};
}

DEVICE uint32_t magnitude_bits(float x) { return bits_of(x) & 0x7fffffffu; }

DEVICE uint8_t byte_of(float x, float per_unit) {
    return static_cast<uint8_t>(bits_of(x * per_unit + kRounder) - kRounderBits);
}

/** Four neighbouring numbers. */
struct Quad {
    float at[kQuad];
};

DEVICE Quad load(const float* from) {
    const float4 loaded = *reinterpret_cast<const float4*>(from);
    return {{loaded.x, loaded.y, loaded.z, loaded.w}};
}

DEVICE void store(float* to, const Quad& numbers) {
    *reinterpret_cast<float4*>(to) =
        make_float4(numbers.at[0], numbers.at[1], numbers.at[2], numbers.at[3]);
}

DEVICE Quad load_scaled(const Sums& sums, int64_t width, int64_t row, int column) {
    const int4 values = *reinterpret_cast<const int4*>(sums.values + row * width + column);
    const Quad columns = load(sums.columns + column);
    const float scale = sums.rows[row];
    return {{static_cast<float>(values.x) * scale * columns.at[0],
        static_cast<float>(values.y) * scale * columns.at[1],
        static_cast<float>(values.z) * scale * columns.at[2],
        static_cast<float>(values.w) * scale * columns.at[3]}};
}

DEVICE Quad load_scaled(const Floats& product, int64_t width, int64_t row, int column) {
    return load(product.values + row * width + column);
}

DEVICE void store_bytes(uint8_t* to, const Quad& numbers, float per_unit) {
    *reinterpret_cast<uchar4*>(to) = make_uchar4(byte_of(numbers.at[0], per_unit),
        byte_of(numbers.at[1], per_unit), byte_of(numbers.at[2], per_unit),
        byte_of(numbers.at[3], per_unit));
}

/** Column of the nth quad that a thread of a row has. */
DEVICE int quad_column(int n) { return kQuad * (static_cast<int>(threadIdx.x) + n * kRowThreads); }

/** As AddAndNorm, for a layer whose products are floats. */
struct AddFloatsAndNorm {
    const float* x;
    /** No values: nothing is added. */
    Floats added;
    const float* weight;
    const float* bias;
    int64_t width;
};

/**
 * Quads of a row plus what a layer adds to it, and the norm of that. Shared memory of a row is
 * used, and free again when another barrier has been passed.
 */
template <int kQuads, typename Norm>
DEVICE void add_and_norm(
    const Norm& a, int64_t row, float* shared, Quad (&sums)[kQuads], Quad (&normed)[kQuads]) {
    const int width = static_cast<int>(a.width);
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            sums[n] = load(a.x + row * width + column);
            if (a.added.values != nullptr) {
                const Quad added = load_scaled(a.added, width, row, column);
#pragma unroll
                for (int i = 0; i < kQuad; i++) {
                    sums[n].at[i] += added.at[i];
                }
            }
            store(shared + column, sums[n]);
        }
    }
    BLOCK_BARRIER();
    const float mean = ordered_sum(shared, width) / static_cast<float>(width);
    BLOCK_BARRIER();
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            Quad squares;
#pragma unroll
            for (int i = 0; i < kQuad; i++) {
                const float difference = sums[n].at[i] - mean;
                squares.at[i] = difference * difference;
            }
            store(shared + column, squares);
        }
    }
    BLOCK_BARRIER();
    const float variance = ordered_sum(shared, width) / static_cast<float>(width);
    const float factor = 1.0f / sqrtf(variance + kNormEpsilon);
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            const Quad weight = load(a.weight + column);
            const Quad bias = load(a.bias + column);
#pragma unroll
            for (int i = 0; i < kQuad; i++) {
                normed[n].at[i] = (sums[n].at[i] - mean) * factor * weight.at[i] + bias.at[i];
            }
        }
    }
}

/** Leaves the largest of the values of each warp of a row. */
DEVICE void put_largest(uint32_t value, uint32_t* shared) {
    const uint32_t of_warp = largest_of_warp(value);
    if (threadIdx.x % kWarp == 0) {
        shared[threadIdx.x / kWarp] = of_warp;
    }
}

/** The largest of what the warps of a row have left. */
DEVICE uint32_t largest_of(const uint32_t* shared) {
    uint32_t largest = 0;
#pragma unroll
    for (int warp = 0; warp < kRowWarps; warp++) {
        largest = larger(largest, shared[warp]);
    }
    return largest;
}

/** The largest of the values of all threads of a row. */
DEVICE uint32_t largest_of_row(uint32_t value, uint32_t* shared) {
    put_largest(value, shared);
    BLOCK_BARRIER();
    return largest_of(shared);
}

/** As rwkvtts::NormMix, for states in slots. */
struct SlotNormMix {
    AddAndNorm norm;
    States shifts;
    int mixes;
    const float* mix;
    float* sum;
    uint8_t* mixed[kMixes];
    float* scales[kMixes];
};

/** The same for products of floats. */
struct SlotNormMixFloats {
    AddFloatsAndNorm norm;
    States shifts;
    int mixes;
    const float* mix;
    float* sum;
    float* mixed[kMixes];
};

/** A norm, mixed with the one before, of which the difference is given. */
DEVICE Quad mixed_of(const Quad& difference, const Quad& now, const float* mix) {
    const Quad factors = load(mix);
    Quad mixed;
#pragma unroll
    for (int i = 0; i < kQuad; i++) {
        mixed.at[i] = difference.at[i] * factors.at[i] + now.at[i];
    }
    return mixed;
}

/**
 * The norm of the row of a block, and by how much the one of the token before is larger. Stores the
 * sums. For one token the shift is updated, too; for several a kernel after this one does it, since
 * other blocks may still have to read the old one. Shared memory of a row is used.
 */
template <int kQuads, bool kOneToken, typename Mix>
DEVICE void norm_of_row(
    const Mix& a, float* shared, Quad (&previous)[kQuads], Quad (&now)[kQuads]) {
    const int width = static_cast<int>(a.norm.width);
    const int row = blockIdx.x;
    const int sequence = kOneToken ? row : row / a.shifts.tokens;
    const int token = kOneToken ? 0 : row % a.shifts.tokens;
    float* const shift = a.shifts.of(sequence);
    Quad sums[kQuads];
    if (!kOneToken && token > 0) {
        add_and_norm(a.norm, row - 1, shared, sums, previous);
        BLOCK_BARRIER();
    } else {
#pragma unroll
        for (int n = 0; n < kQuads; n++) {
            const int column = quad_column(n);
            previous[n] = column < width && shift != nullptr ? load(shift + column) : Quad{};
        }
    }
    add_and_norm(a.norm, row, shared, sums, now);
    const int64_t place = static_cast<int64_t>(row) * width;
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            store(a.sum + place + column, sums[n]);
            if (kOneToken && shift != nullptr && a.shifts.length(sequence) > 0) {
                store(shift + column, now[n]);
            }
#pragma unroll
            for (int i = 0; i < kQuad; i++) {
                previous[n].at[i] -= now[n].at[i];
            }
        }
    }
}

/** A block for each row. */
template <int kQuads, bool kOneToken>
__global__ void __launch_bounds__(kRowThreads) norm_mix(const SlotNormMix a) {
    alignas(16) __shared__ float shared[kMostWidth];
    __shared__ uint32_t largest[kMixes][kRowWarps];
    const int width = static_cast<int>(a.norm.width);
    const int row = blockIdx.x;
    const int64_t place = static_cast<int64_t>(row) * width;
    Quad now[kQuads], previous[kQuads];
    norm_of_row<kQuads, kOneToken>(a, shared, previous, now);
    for (int m = 0; m < a.mixes; m++) {
        uint32_t most = 0;
#pragma unroll
        for (int n = 0; n < kQuads; n++) {
            const int column = quad_column(n);
            if (column < width) {
                const Quad mixed = mixed_of(previous[n], now[n], a.mix + m * width + column);
#pragma unroll
                for (int i = 0; i < kQuad; i++) {
                    most = larger(most, magnitude_bits(mixed.at[i]));
                }
            }
        }
        put_largest(most, largest[m]);
    }
    BLOCK_BARRIER();
    // Computed again: that is less than to keep six of them.
    for (int m = 0; m < a.mixes; m++) {
        const Steps steps = steps_of(largest_of(largest[m]), kSignedSteps);
        if (threadIdx.x == 0) {
            a.scales[m][row] = steps.scale;
        }
#pragma unroll
        for (int n = 0; n < kQuads; n++) {
            const int column = quad_column(n);
            if (column < width) {
                store_bytes(a.mixed[m] + place + column,
                    mixed_of(previous[n], now[n], a.mix + m * width + column), steps.per_unit);
            }
        }
    }
}

/** A block for each row: the mixed norms as floats. */
template <int kQuads, bool kOneToken>
__global__ void __launch_bounds__(kRowThreads) norm_mix_floats(const SlotNormMixFloats a) {
    alignas(16) __shared__ float shared[kMostWidth];
    const int width = static_cast<int>(a.norm.width);
    const int64_t place = static_cast<int64_t>(blockIdx.x) * width;
    Quad now[kQuads], previous[kQuads];
    norm_of_row<kQuads, kOneToken>(a, shared, previous, now);
    for (int m = 0; m < a.mixes; m++) {
#pragma unroll
        for (int n = 0; n < kQuads; n++) {
            const int column = quad_column(n);
            if (column < width) {
                store(a.mixed[m] + place + column,
                    mixed_of(previous[n], now[n], a.mix + m * width + column));
            }
        }
    }
}

/** A block for each sequence: the norm of its last token becomes its shift. */
template <int kQuads, typename Mix>
__global__ void __launch_bounds__(kRowThreads) keep_norm(const Mix a) {
    alignas(16) __shared__ float shared[kMostWidth];
    const int sequence = blockIdx.x;
    float* const shift = a.shifts.of(sequence);
    const int length = a.shifts.length(sequence);
    if (shift == nullptr || length == 0) {
        return;
    }
    Quad sums[kQuads], last[kQuads];
    add_and_norm(a.norm, sequence * a.shifts.tokens + length - 1, shared, sums, last);
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < a.norm.width) {
            store(shift + column, last[n]);
        }
    }
}

/** As rwkvtts::LastNorm. */
struct SlotLastNorm {
    AddAndNorm norm;
    const int64_t* lengths;
    int tokens;
    uint8_t* bytes;
    float* scales;
};

/** The row of the last token of a sequence, of its first where there is none. */
template <typename Last>
DEVICE int64_t last_row(const Last& a, int sequence) {
    const int64_t length = a.lengths[sequence];
    const int last = length < 1 ? 0 : length < a.tokens ? static_cast<int>(length) - 1 : a.tokens - 1;
    return static_cast<int64_t>(sequence) * a.tokens + last;
}

/** A block for each sequence. */
template <int kQuads>
__global__ void __launch_bounds__(kRowThreads) last_norm(const SlotLastNorm a) {
    alignas(16) __shared__ float shared[kMostWidth];
    __shared__ uint32_t largest[kRowWarps];
    const int sequence = blockIdx.x;
    const int width = static_cast<int>(a.norm.width);
    Quad sums[kQuads], normed[kQuads];
    add_and_norm(a.norm, last_row(a, sequence), shared, sums, normed);
    uint32_t most = 0;
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        if (quad_column(n) < width) {
#pragma unroll
            for (int i = 0; i < kQuad; i++) {
                most = larger(most, magnitude_bits(normed[n].at[i]));
            }
        }
    }
    const Steps steps = steps_of(largest_of_row(most, largest), kSignedSteps);
    if (threadIdx.x == 0) {
        a.scales[sequence] = steps.scale;
    }
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            store_bytes(
                a.bytes + static_cast<int64_t>(sequence) * width + column, normed[n],
                steps.per_unit);
        }
    }
}

/** The last norms of sequences as floats. */
struct SlotLastNormFloats {
    AddFloatsAndNorm norm;
    const int64_t* lengths;
    int tokens;
    float* out;
};

/** A block for each sequence. */
template <int kQuads>
__global__ void __launch_bounds__(kRowThreads) last_norm_floats(const SlotLastNormFloats a) {
    alignas(16) __shared__ float shared[kMostWidth];
    const int sequence = blockIdx.x;
    const int width = static_cast<int>(a.norm.width);
    Quad sums[kQuads], normed[kQuads];
    add_and_norm(a.norm, last_row(a, sequence), shared, sums, normed);
#pragma unroll
    for (int n = 0; n < kQuads; n++) {
        const int column = quad_column(n);
        if (column < width) {
            store(a.out + static_cast<int64_t>(sequence) * width + column, normed[n]);
        }
    }
}

/** Floats [M, width] as signed bytes. */
struct RowBytes {
    const float* x;
    int width;
    PaddedBytes out;
};

/** A block for each row. */
__global__ void __launch_bounds__(kRowThreads) quantize_rows(const RowBytes a) {
    __shared__ uint32_t largest[kRowWarps];
    const int64_t row = blockIdx.x;
    const float* const x = a.x + row * a.width;
    uint32_t most = 0;
    for (int i = threadIdx.x; i < a.width; i += kRowThreads) {
        most = larger(most, magnitude_bits(x[i]));
    }
    const Steps steps = steps_of(largest_of_row(most, largest), kSignedSteps);
    if (threadIdx.x == 0) {
        a.out.scales[row] = steps.scale;
    }
    for (int i = threadIdx.x; i < a.out.stride; i += kRowThreads) {
        a.out.values[row * a.out.stride + i] = i < a.width ? byte_of(x[i], steps.per_unit) : 0;
    }
}

/** max(0, sums)² [M, width] as unsigned bytes. */
struct ReluBytes {
    Sums sums;
    int stride;
    int width;
    PaddedBytes out;
};

DEVICE float squared_relu_of(const ReluBytes& a, int64_t row, int column) {
    const float x = scaled(a.sums, a.stride, row, column);
    const float positive = x > 0 ? x : 0;
    return positive * positive;
}

/** A block for each row. */
__global__ void __launch_bounds__(kRowThreads) squared_relu(const ReluBytes a) {
    __shared__ uint32_t largest[kRowWarps];
    const int64_t row = blockIdx.x;
    // The integers of a row without numbers do not show that, but its scale does.
    uint32_t most = a.sums.rows[row] == a.sums.rows[row] ? 0 : magnitude_bits(a.sums.rows[row]);
    for (int i = threadIdx.x; i < a.width; i += kRowThreads) {
        most = larger(most, magnitude_bits(squared_relu_of(a, row, i)));
    }
    const Steps steps = steps_of(largest_of_row(most, largest), kUnsignedSteps);
    if (threadIdx.x == 0) {
        a.out.scales[row] = steps.scale;
    }
    for (int i = threadIdx.x; i < a.out.stride; i += kRowThreads) {
        a.out.values[row * a.out.stride + i] =
            i < a.width ? byte_of(squared_relu_of(a, row, i), steps.per_unit) : 0;
    }
}

/** Sums [M, stride] as floats [M, width]. */
struct RowSums {
    Sums sums;
    int stride;
    int width;
    float* out;
};

/** A thread for each number. */
__global__ void __launch_bounds__(kRowThreads) scale_sums(const RowSums a) {
    const int column = static_cast<int>(blockIdx.x * kRowThreads + threadIdx.x);
    const int64_t row = blockIdx.y;
    if (column < a.width) {
        a.out[row * a.width + column] = scaled(a.sums, a.stride, row, column);
    }
}

/** Rows of a table [count, width] by number. */
struct Embed {
    const float* table;
    const int64_t* tokens;
    int64_t count;
    int width;
    float* out;
};

/** A block for each token; one that is not in the table yields no numbers. */
__global__ void __launch_bounds__(kRowThreads) embed(const Embed a) {
    const int64_t token = a.tokens[blockIdx.x];
    const bool known = 0 <= token && token < a.count;
    for (int i = threadIdx.x; i < a.width; i += kRowThreads) {
        a.out[static_cast<int64_t>(blockIdx.x) * a.width + i] =
            known ? a.table[token * a.width + i] : of_bits(0x7fc00000);
    }
}

}  // namespace rwkvtts::cuda
