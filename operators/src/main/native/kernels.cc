#include "kernels.h"

#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

// KERNELS: the name of what this file is compiled to. No templates of the C++ library here: of a
// function that several object files have the linker takes any, and it may be for another CPU.

#define INLINE inline __attribute__((always_inline))

namespace rwkvtts {
namespace {

constexpr int kHeadVectors = kHead / kLanes;

typedef float Floats __attribute__((vector_size(kLanes * 4)));
typedef int32_t Ints __attribute__((vector_size(kLanes * 4)));
typedef uint8_t ByteLanes __attribute__((vector_size(kLanes)));

constexpr int kMiddle = 128;

INLINE Floats load(const float* from) {
    Floats value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE Floats load(const int32_t* from) {
    Ints value;
    memcpy(&value, from, sizeof value);
    return __builtin_convertvector(value, Floats);
}

// The first numbers of a vector; the others are 0.
template <typename Number>
INLINE Floats load(const Number* from, int64_t count) {
    if (count >= kLanes) {
        return load(from);
    }
    Number padded[kLanes] = {};
    memcpy(padded, from, count * sizeof(Number));
    return load(padded);
}

INLINE void store(float* to, Floats value) { memcpy(to, &value, sizeof value); }

// The first numbers of a vector, at least one.
template <typename Vector, typename Number>
INLINE void store(Number* to, const Vector& value, int64_t count) {
    if (count >= kLanes) {
        memcpy(to, &value, sizeof value);
    } else {
        memcpy(to, &value, count * sizeof(Number));
    }
}

INLINE Floats all(float value) { return Floats{} + value; }

INLINE Ints bits(Floats value) {
    Ints result;
    memcpy(&result, &value, sizeof result);
    return result;
}

INLINE Floats of_bits(Ints value) {
    Floats result;
    memcpy(&result, &value, sizeof result);
    return result;
}

// a where it is greater, else b; b where either is no number.
INLINE Floats larger(Floats a, Floats b) { return a > b ? a : b; }

INLINE Floats magnitude(Floats x) { return of_bits(bits(x) & 0x7fffffff); }

INLINE float sum(Floats x) {
    float lanes[kLanes];
    memcpy(lanes, &x, sizeof lanes);
    for (int half = kLanes / 2; half > 0; half /= 2) {
        for (int i = 0; i < half; i++) {
            lanes[i] += lanes[i + half];
        }
    }
    return lanes[0];
}

INLINE float largest(Floats x) {
    float lanes[kLanes];
    memcpy(lanes, &x, sizeof lanes);
    float result = lanes[0];
    for (int i = 1; i < kLanes; i++) {
        result = lanes[i] > result ? lanes[i] : result;
    }
    return result;
}

INLINE bool any(Ints condition) {
    int64_t lanes[kLanes / 2];
    memcpy(lanes, &condition, sizeof lanes);
    int64_t result = 0;
    for (int64_t lane : lanes) {
        result |= lane;
    }
    return result != 0;
}

// a * b + c, rounded once.
INLINE Floats fused(Floats a, Floats b, Floats c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
    __m256 x[2], y[2], sum[2];
    memcpy(x, &a, sizeof a);
    memcpy(y, &b, sizeof b);
    memcpy(sum, &c, sizeof c);
    for (int half = 0; half < 2; half++) {
        sum[half] = _mm256_fmadd_ps(x[half], y[half], sum[half]);
    }
    Floats result;
    memcpy(&result, sum, sizeof result);
    return result;
#else
    Floats result;
    for (int i = 0; i < kLanes; i++) {
        result[i] = __builtin_fmaf(a[i], b[i], c[i]);
    }
    return result;
#endif
}

INLINE Floats fused(Floats a, float b, Floats c) { return fused(a, all(b), c); }

// e^x to about the last bit for what does not overflow, by 2^n * e^r with |r| <= ln(2) / 2.
INLINE Floats exponential(Floats x) {
    x = x < kExponentMin ? all(kExponentMin) : x;
    x = x > kExponentMax ? all(kExponentMax) : x;
    Floats shifted = x * kBinaryLogarithmOfE + kRounder;
    Floats n = shifted - kRounder;
    Floats r = fused(n, kLogarithmOf2Rest, fused(n, -kLogarithmOf2, x));
    Floats sum = all(1.0f / 5040);
    sum = fused(sum, r, all(1.0f / 720));
    sum = fused(sum, r, all(1.0f / 120));
    sum = fused(sum, r, all(1.0f / 24));
    sum = fused(sum, r, all(1.0f / 6));
    sum = fused(sum, r, all(0.5f));
    sum = fused(sum, r, all(1.0f));
    sum = fused(sum, r, all(1.0f));
    return sum * of_bits((bits(shifted) - kRounderBits + 127) * (1 << 23));
}

INLINE Floats sigmoid(Floats x) { return 1.0f / (1.0f + exponential(-x)); }

INLINE Floats hyperbolic_tangent(Floats x) { return 1.0f - 2.0f / (1.0f + exponential(2.0f * x)); }

// The scale of a row of bytes, and what its floats are multiplied by to be bytes. A row with
// something that is no finite number has none: bytes could not show it.
struct Steps {
    float scale;
    float per_unit;

    Steps(float largest, float steps, bool numbers)
        : scale(numbers && largest <= __FLT_MAX__ ? largest / steps : __builtin_nanf("")),
          per_unit(largest > 0 ? steps / largest : 0) {}
};

INLINE void store_bytes(uint8_t* to, Floats x, float per_unit, int zero, int64_t count) {
    Ints rounded = bits(x * per_unit + kRounder) - kRounderBits + zero;
    store(to, __builtin_convertvector(rounded, ByteLanes), count);
}

INLINE void quantize(const float* x, int64_t width, const Bytes& out, int64_t row) {
    Floats most = {};
    Ints none = {};
    for (int64_t i = 0; i < width; i += kLanes) {
        Floats part = load(x + i, width - i);
        most = larger(magnitude(part), most);
        none |= part != part;
    }
    Steps steps(largest(most), kSignedSteps, !any(none));
    out.scales[row] = steps.scale;
    uint8_t* bytes = out.values + row * out.stride;
    for (int64_t i = 0; i < width; i += kLanes) {
        store_bytes(bytes + i, load(x + i, width - i), steps.per_unit, kMiddle, width - i);
    }
}

INLINE Floats scaled(const Sums& sums, int64_t width, int64_t row, int64_t column) {
    int64_t left = width - column;
    return load(sums.values + row * width + column, left)
            * sums.rows[row] * load(sums.columns + column, left);
}

// Not inlined: the copies could be rounded differently.
__attribute__((noinline)) void add_and_norm(const AddAndNorm& norm, int64_t row, float* sums, float* normed) {
    const int64_t width = norm.width;
    const float* x = norm.x + row * width;
    Floats total = {};
    for (int64_t i = 0; i < width; i += kLanes) {
        Floats part = load(x + i);
        if (norm.added.values != nullptr) {
            part += scaled(norm.added, width, row, i);
        }
        store(sums + i, part);
        total += part;
    }
    const float mean = sum(total) / width;
    Floats squares = {};
    for (int64_t i = 0; i < width; i += kLanes) {
        Floats difference = load(sums + i) - mean;
        squares += difference * difference;
    }
    const float factor = 1 / __builtin_sqrtf(sum(squares) / width + kNormEpsilon);
    for (int64_t i = 0; i < width; i += kLanes) {
        store(normed + i,
                (load(sums + i) - mean) * factor * load(norm.weight + i) + load(norm.bias + i));
    }
}

INLINE Floats activated(Floats x, Activation activation) {
    switch (activation) {
        case Activation::kTanh:
            return hyperbolic_tangent(x);
        case Activation::kSigmoid:
            return sigmoid(x);
        default:
            return x;
    }
}

void scale_sums(const ScaleSums& op, int64_t row, int64_t from, int64_t to) {
    for (int64_t i = from; i < to; i += kLanes) {
        Floats x = activated(scaled(op.sums, op.width, row, i), op.activation);
        store(op.out + row * op.width + i, x, op.width - i);
    }
}

constexpr int kBlockVectors = kBlock / kLanes;

// Rows times a block of bytes.
struct BlockProducts {
    const IntegerProducts& op;
    int64_t rows;
    const int8_t* weights;
    // The block that comes next, and how much of it is fetched while kWord rows are multiplied.
    const int8_t* ahead;
    int64_t ahead_step;
};

/** Sums of some rows and of the columns of a block. */
template <int kRows>
using BlockSums = Ints[kRows][kBlockVectors];

#if defined(__AVX512VNNI__)

constexpr int kMostRows = 12;
constexpr int kManyRows = 8;

INLINE __m512i four(const uint8_t* x) {
    int32_t word;
    memcpy(&word, x, sizeof word);
    return _mm512_set1_epi32(word);
}

template <typename Weights>
INLINE void add_products(Ints& sums, __m512i x, const Weights& weights) {
    sums = reinterpret_cast<Ints>(_mm512_dpbusd_epi32(
            reinterpret_cast<__m512i>(sums), x, reinterpret_cast<__m512i>(weights)));
}

INLINE void add_products(Ints& sums, __m512i x, const int8_t* weights) {
    add_products(sums, x, _mm512_loadu_si512(weights));
}

template <int kRows>
INLINE void multiply(const BlockProducts& of, int64_t row, BlockSums<kRows>& sums) {
    const int64_t inner = of.op.inner;
    const int64_t stride = of.op.stride;
    const uint8_t* const x = of.op.x + row * stride;
    const int8_t* weights = of.weights;
    const int8_t* ahead = of.ahead;
    constexpr int kStep = kBlock * kWord;
    constexpr int kVector = kLanes * kWord;
    // One row alone waits for memory, and would wait for its two sums as well.
    Ints others[kBlockVectors] = {};
    int64_t k = 0;
    if (kRows == 1) {
        for (; k + 2 * kWord <= inner; k += 2 * kWord, weights += 2 * kStep) {
            for (int j = 0; j < kBlockVectors; j++) {
                add_products(sums[0][j], four(x + k), weights + j * kVector);
                add_products(others[j], four(x + k + kWord), weights + kStep + j * kVector);
            }
        }
    }
    for (; k < inner; k += kWord, weights += kStep) {
        if (kRows >= kManyRows) {
            // These take longer than the next block is on its way.
            __builtin_prefetch(ahead, 0, 2);
            __builtin_prefetch(ahead + of.ahead_step / 2, 0, 2);
            ahead += of.ahead_step;
        }
        for (int r = 0; r < kRows; r++) {
            for (int j = 0; j < kBlockVectors; j++) {
                add_products(sums[r][j], four(x + r * stride + k), weights + j * kVector);
            }
        }
    }
    if (kRows == 1) {
        for (int j = 0; j < kBlockVectors; j++) {
            sums[0][j] += others[j];
        }
    }
}

#elif defined(__AVX2__)

constexpr int kMostRows = 2;

template <int kRows>
INLINE void multiply(const BlockProducts& of, int64_t row, BlockSums<kRows>& sums) {
    const int64_t inner = of.op.inner;
    const int64_t stride = of.op.stride;
    const uint8_t* const x = of.op.x + row * stride;
    const int8_t* weights = of.weights;
    // Four columns to a register: two sums of two products of each, in 16 bits times 16, since sums
    // of two in 16 bits would not hold them.
    constexpr int kColumns = 4;
    constexpr int kParts = kLanes / kColumns;
    for (int j = 0; j < kBlockVectors; j++) {
        __m256i pairs[kRows][kParts] = {};
        const int8_t* at = weights + j * kLanes * kWord;
        for (int64_t k = 0; k < inner; k += kWord, at += kBlock * kWord) {
            __m256i four[kRows];
            for (int r = 0; r < kRows; r++) {
                int32_t word;
                memcpy(&word, x + r * stride + k, sizeof word);
                four[r] = _mm256_cvtepu8_epi16(_mm_set1_epi32(word));
            }
            for (int p = 0; p < kParts; p++) {
                const __m128i bytes = _mm_loadu_si128(
                        reinterpret_cast<const __m128i*>(at + p * kColumns * kWord));
                const __m256i w = _mm256_cvtepi8_epi16(bytes);
                for (int r = 0; r < kRows; r++) {
                    pairs[r][p] = _mm256_add_epi32(pairs[r][p], _mm256_madd_epi16(four[r], w));
                }
            }
        }
        for (int r = 0; r < kRows; r++) {
            for (int p = 0; p < kParts; p++) {
                int32_t halves[2 * kColumns];
                memcpy(halves, &pairs[r][p], sizeof halves);
                for (int c = 0; c < kColumns; c++) {
                    sums[r][j][p * kColumns + c] = halves[2 * c] + halves[2 * c + 1];
                }
            }
        }
    }
}

#else

constexpr int kMostRows = 2;

template <int kRows>
INLINE void multiply(const BlockProducts& of, int64_t row, BlockSums<kRows>& sums) {
    const int64_t inner = of.op.inner;
    const int64_t stride = of.op.stride;
    const uint8_t* const x = of.op.x + row * stride;
    const int8_t* weights = of.weights;
    int32_t added[kRows][kBlock] = {};
    for (int64_t k = 0; k < inner; k += kWord, weights += kBlock * kWord) {
        for (int r = 0; r < kRows; r++) {
            for (int c = 0; c < kBlock; c++) {
                for (int i = 0; i < kWord; i++) {
                    added[r][c] += x[r * stride + k + i] * weights[c * kWord + i];
                }
            }
        }
    }
    memcpy(sums, added, sizeof added);
}

#endif

INLINE Ints load_integers(const int32_t* from, int64_t count) {
    Ints value = {};
    if (count >= kLanes) {
        memcpy(&value, from, sizeof value);
    } else {
        memcpy(&value, from, count * sizeof(int32_t));
    }
    return value;
}

template <int kRows>
INLINE void store_sums(
        const IntegerProducts& op, int64_t block, int64_t row, const BlockSums<kRows>& sums) {
    int64_t at = block * kBlock;
    for (int j = 0; j < kBlockVectors && at < op.width; at += kLanes, j++) {
        const int64_t left = op.width - at;
        const Ints zeros = op.zeros == nullptr ? Ints{} : load_integers(op.zeros + at, left);
        for (int r = 0; r < kRows; r++) {
            store(op.out + (row + r) * op.width + at, sums[r][j] - zeros, left);
        }
    }
}

// kRows rows at once, from a row on, as often as there are that many. Gives the next row.
template <int kRows>
INLINE int64_t products_of(const BlockProducts& of, int64_t block, int64_t row) {
    for (; row + kRows <= of.rows; row += kRows) {
        BlockSums<kRows> sums = {};
        multiply<kRows>(of, row, sums);
        store_sums<kRows>(of.op, block, row, sums);
    }
    return row;
}

template <int kRows>
INLINE int64_t products_of(const FloatProducts& op, int64_t block, int64_t row) {
    const float* matrix = op.matrix + block * kBlock * op.inner;
    for (; row + kRows <= op.rows; row += kRows) {
        Floats totals[kRows][kBlockVectors] = {};
        for (int64_t from = 0; from < op.inner; from += kChain) {
            Floats sums[kRows][kBlockVectors] = {};
            const int64_t to = from + kChain < op.inner ? from + kChain : op.inner;
            for (int64_t k = from; k < to; k++) {
                for (int r = 0; r < kRows; r++) {
                    const Floats x = all(op.x[(row + r) * op.inner + k]);
                    for (int j = 0; j < kBlockVectors; j++) {
                        const Floats weights = load(matrix + k * kBlock + j * kLanes);
                        sums[r][j] = fused(x, weights, sums[r][j]);
                    }
                }
            }
            for (int r = 0; r < kRows; r++) {
                for (int j = 0; j < kBlockVectors; j++) {
                    totals[r][j] = from == 0 ? sums[r][j] : totals[r][j] + sums[r][j];
                }
            }
        }
        for (int r = 0; r < kRows; r++) {
            for (int j = 0; j < kBlockVectors; j++) {
                store(op.out + (row + r) * op.width + block * kBlock + j * kLanes, totals[r][j]);
            }
        }
    }
    return row;
}

// All rows, as many at once as there are registers for.
template <typename Products>
INLINE void products_in_blocks(const Products& op, int64_t block) {
    int64_t row = products_of<kMostRows>(op, block, 0);
    if (kMostRows > 8) {
        row = products_of<8>(op, block, row);
    }
    if (kMostRows > 4) {
        row = products_of<4>(op, block, row);
    }
    row = products_of<2>(op, block, row);
    products_of<1>(op, block, row);
}

typedef uint8_t LineBytes __attribute__((vector_size(kLanes * kWord)));
typedef uint16_t LineShorts __attribute__((vector_size(kLanes * kWord)));

// The factors of kLanes columns of nibbles, and what is taken from their products.
struct Factors {
    LineShorts times;
    LineBytes less;

    explicit INLINE Factors(const int8_t* from) {
#if defined(__AVX512F__)
        // GCC converts bytes to integers one at a time.
        const Ints lanes = reinterpret_cast<Ints>(_mm512_maskz_cvtepu8_epi32(
                0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#else
        Ints lanes;
        for (int i = 0; i < kLanes; i++) {
            lanes[i] = static_cast<uint8_t>(from[i]);
        }
#endif
        times = reinterpret_cast<LineShorts>(lanes * 0x00010001);
        less = reinterpret_cast<LineBytes>(lanes * 0x08080808);
    }
};

// Bytes of kLanes columns for 2 * kWord rows.
struct Line {
    LineBytes first, second;

    INLINE Line(const int8_t* nibbles, const Factors& factors) {
        LineBytes two;
        memcpy(&two, nibbles, sizeof two);
        first = bytes(two & 15, factors);
        // There is no shift of bytes: what comes down from a neighbour is cut off.
        second = bytes(
                reinterpret_cast<LineBytes>(reinterpret_cast<LineShorts>(two) >> 4) & 15, factors);
    }

  private:
    // Two bytes by one product: 15 * 15 carries nothing to the second.
    static INLINE LineBytes bytes(LineBytes nibbles, const Factors& factors) {
        return reinterpret_cast<LineBytes>(reinterpret_cast<LineShorts>(nibbles) * factors.times)
                - factors.less;
    }
};

constexpr int kLine = kLanes * kWord;

#if defined(__AVX512VNNI__)

constexpr int64_t kFewRows = 8;

// Few rows times nibbles that become bytes in registers.
template <int kRows>
INLINE int64_t few_products(
        const IntegerProducts& op, const int8_t* matrix, int64_t block, int64_t row) {
    if (row + kRows > op.rows) {
        return row;
    }
    const int64_t groups = op.inner / kGroup;
    const int8_t* nibbles = matrix + groups * kBlock;
    BlockSums<kRows> sums = {};
    for (int64_t group = 0; group < groups; group++) {
        const Factors factors[kBlockVectors] = {
            Factors(matrix + group * kBlock), Factors(matrix + group * kBlock + kLanes)};
        const uint8_t* const x = op.x + row * op.stride + group * kGroup;
        for (int k = 0; k < kGroup; k += 2 * kWord) {
            for (int j = 0; j < kBlockVectors; j++, nibbles += kLine) {
                const Line line(nibbles, factors[j]);
                for (int r = 0; r < kRows; r++) {
                    add_products(sums[r][j], four(x + r * op.stride + k), line.first);
                    add_products(sums[r][j], four(x + r * op.stride + k + kWord), line.second);
                }
            }
        }
    }
    store_sums<kRows>(op, block, row, sums);
    return row + kRows;
}

#else

constexpr int64_t kFewRows = 0;

template <int kRows>
INLINE int64_t few_products(const IntegerProducts&, const int8_t*, int64_t, int64_t row) {
    return row;
}

#endif

// A block of nibbles as a block of bytes.
INLINE void unpack(const int8_t* block, int64_t groups, int8_t* bytes) {
    const int8_t* nibbles = block + groups * kBlock;
    for (int64_t group = 0; group < groups; group++) {
        for (int j = 0; j < kBlockVectors; j++) {
            const Factors factors(block + group * kBlock + j * kLanes);
            for (int k = 0; k < kGroup; k += 2 * kWord) {
                const int64_t from = group * kGroupBytes + k * kBlock / 2 + j * kLine;
                const int64_t to = (group * kGroup + k) * kBlock + j * kLine;
                const Line line(nibbles + from, factors);
                memcpy(bytes + to, &line.first, kLine);
                memcpy(bytes + to + kWord * kBlock, &line.second, kLine);
            }
        }
    }
}

void nibble_products(const IntegerProducts& op, int64_t block) {
    const int64_t groups = op.inner / kGroup;
    const int8_t* const matrix = op.matrix + block * groups * (kBlock + kGroupBytes);
    if (op.rows <= kFewRows) {
        int64_t row = few_products<8>(op, matrix, block, 0);
        row = few_products<4>(op, matrix, block, row);
        row = few_products<2>(op, matrix, block, row);
        few_products<1>(op, matrix, block, row);
        return;
    }
    int8_t* const bytes = reinterpret_cast<int8_t*>(scratch(op.inner * kBlock / sizeof(float)));
    unpack(matrix, groups, bytes);
    const int8_t* const next = matrix + groups * (kBlock + kGroupBytes);
    products_in_blocks(BlockProducts{op, op.rows, bytes, next, kLine}, block);
}

void integer_products(const IntegerProducts& op, int64_t block) {
    if (op.nibbles) {
        nibble_products(op, block);
        return;
    }
    const int64_t bytes = kBlock * op.inner;
    const int8_t* const matrix = op.matrix + block * bytes;
    products_in_blocks(
            BlockProducts{op, op.rows, matrix, matrix + bytes, kBlock * kWord}, block);
}

void float_products(const FloatProducts& op, int64_t block) {
    products_in_blocks(op, block);
}

void quantize_row(const QuantizeRows& op, int64_t row) {
    quantize(op.x + row * op.width, op.width, op.out, row);
}

void squared_relu(const SquaredRelu& op, int64_t row) {
    const int64_t width = op.width;
    float* squares = scratch(width + kLanes);
    Floats most = {};
    for (int64_t i = 0; i < width; i += kLanes) {
        Floats positive = larger(scaled(op.sums, width, row, i), Floats{});
        Floats square = positive * positive;
        most = larger(square, most);
        store(squares + i, square);
    }
    // The integers of a row without numbers do not show that, but its scale does.
    Steps steps(largest(most), kUnsignedSteps, op.sums.rows[row] == op.sums.rows[row]);
    op.out.scales[row] = steps.scale;
    uint8_t* bytes = op.out.values + row * op.out.stride;
    for (int64_t i = 0; i < width; i += kLanes) {
        store_bytes(bytes + i, load(squares + i), steps.per_unit, 0, width - i);
    }
}

void norm_mix(const NormMix& op, int64_t from, int64_t to) {
    const int64_t width = op.norm.width;
    float* normed = scratch(3 * width);
    float* before = normed + width;
    float* mixed = before + width;
    if (from % op.tokens != 0) {
        float* unused_sum = mixed;
        add_and_norm(op.norm, from - 1, unused_sum, before);
    }
    for (int64_t row = from; row < to; row++) {
        const int64_t sequence = row / op.tokens;
        const int64_t token = row % op.tokens;
        const float* old_shift = op.shift + sequence * op.shift_stride;
        const float* previous = token == 0 ? old_shift : before;
        add_and_norm(op.norm, row, op.sum + row * width, normed);

        for (int m = 0; m < op.mixes; m++) {
            const float* factors = op.mix + m * width;
            for (int64_t i = 0; i < width; i += kLanes) {
                Floats now = load(normed + i);
                store(mixed + i, (load(previous + i) - now) * load(factors + i) + now);
            }
            quantize(mixed, width, op.mixed[m], row);
        }

        const int64_t length = op.lengths[sequence];
        float* new_shift = op.new_shift + sequence * op.new_shift_stride;
        if (token == length - 1) {
            memcpy(new_shift, normed, width * sizeof(float));
        } else if (length == 0 && token == 0) {
            memcpy(new_shift, old_shift, width * sizeof(float));
        }
        float* const swapped = before;
        before = normed;
        normed = swapped;
    }
}

void last_norm(const LastNorm& op, int64_t sequence) {
    const int64_t width = op.norm.width;
    float* sum = scratch(2 * width);
    float* normed = sum + width;
    const int64_t last = op.lengths[sequence] > 0 ? op.lengths[sequence] - 1 : 0;
    add_and_norm(op.norm, sequence * op.tokens + last, sum, normed);
    quantize(normed, width, op.out, sequence);
}

// What a token does to the state of a head: by key index, what the state keeps, what is removed,
// what is written, what is read, and the direction of the removal; by value index, the value.
struct HeadToken {
    float keeps[kHead], removes[kHead], writes[kHead], reads[kHead], kappas[kHead];
    Floats values[kHeadVectors];
    float bonus;
};

// Tokens that are prepared together: of all but the first, what is removed is found while the state
// is in registers for the one before.
constexpr int kTokensAtOnce = 8;

INLINE void prepare(const TimeMix& op, int64_t row, int64_t column, HeadToken& token) {
    const int64_t width = op.heads * kHead;
    Floats bonuses = {};
    Floats squares = {};
    for (int j = 0; j < kHeadVectors; j++) {
        const int64_t i = column + j * kLanes;
        const int64_t at = row * width + i;
        Floats receptance = scaled(op.r, width, row, i);
        Floats plain_key = scaled(op.k, width, row, i);
        Floats vector = scaled(op.v, width, row, i);
        Floats decays = exponential(kDecay * sigmoid(load(op.decay + at) + load(op.w0 + i)));
        Floats rates = sigmoid(load(op.rate + at) + load(op.a0 + i));
        if (op.first != nullptr) {
            Floats shares = sigmoid(load(op.share + at) + load(op.v0 + i));
            vector += (load(op.first + at) - vector) * shares;
        }
        if (op.value != nullptr) {
            store(op.value + at, vector);
        }
        Floats kappa = plain_key * load(op.k_k + i);
        Floats key = plain_key * (1.0f + (rates - 1.0f) * load(op.k_a + i));
        squares += kappa * kappa;
        bonuses += receptance * key * load(op.r_k + i);
        token.values[j] = vector;
        store(token.keeps + j * kLanes, decays);
        store(token.removes + j * kLanes, rates);
        store(token.writes + j * kLanes, key * kStateScale);
        store(token.reads + j * kLanes, receptance);
        store(token.kappas + j * kLanes, kappa);
    }
    token.bonus = sum(bonuses);
    const float length_of_kappa = __builtin_sqrtf(sum(squares));
    // A length that is no number is the smaller of the two here, and must not be.
    const float unit = 1 / (length_of_kappa < kShortestKey ? kShortestKey : length_of_kappa);
    for (int j = 0; j < kHeadVectors; j++) {
        Floats kappa = load(token.kappas + j * kLanes) * unit;
        store(token.kappas + j * kLanes, kappa);
        store(token.removes + j * kLanes, load(token.removes + j * kLanes) * kappa);
    }
}

// What the first token removes.
INLINE void remove(const float* matrix, const HeadToken& token, Floats* removal) {
    for (int j = 0; j < kHeadVectors; j++) {
        removal[j] = Floats{};
    }
    for (int i = 0; i < kHead; i++) {
        const float* line = matrix + i * kHead;
        for (int j = 0; j < kHeadVectors; j++) {
            removal[j] = fused(load(line + j * kLanes), token.kappas[i], removal[j]);
        }
    }
}

// Takes the state over a token, and finds what is read, and what the next token removes, if there
// is one.
template <bool has_next>
INLINE void update(float* matrix, const HeadToken& token, const HeadToken* next, Floats* removal,
                   Floats* reading) {
    Floats removed[kHeadVectors];
    for (int j = 0; j < kHeadVectors; j++) {
        removed[j] = -removal[j];
        removal[j] = Floats{};
        reading[j] = Floats{};
    }
    for (int i = 0; i < kHead; i++) {
        float* line = matrix + i * kHead;
        for (int j = 0; j < kHeadVectors; j++) {
            const Floats kept = load(line + j * kLanes) * token.keeps[i];
            const Floats updated = fused(token.values[j], token.writes[i],
                                         fused(removed[j], token.removes[i], kept));
            store(line + j * kLanes, updated);
            reading[j] = fused(updated, token.reads[i], reading[j]);
            if (has_next) {
                removal[j] = fused(updated, next->kappas[i], removal[j]);
            }
        }
    }
}

INLINE void finish(const TimeMix& op, int64_t row, int64_t column, const HeadToken& token,
                   Floats* reading) {
    Floats total = {};
    for (int j = 0; j < kHeadVectors; j++) {
        reading[j] *= 1 / kStateScale;
        total += reading[j];
    }
    const float mean = sum(total) / kHead;
    Floats deviations = {};
    for (int j = 0; j < kHeadVectors; j++) {
        reading[j] -= mean;
        deviations += reading[j] * reading[j];
    }
    const float factor = 1 / __builtin_sqrtf(sum(deviations) / kHead + kHeadNormEpsilon);
    for (int j = 0; j < kHeadVectors; j++) {
        const int64_t i = column + j * kLanes;
        const int64_t at = row * op.heads * kHead + i;
        Floats normed = reading[j] * factor * load(op.norm_weight + i) + load(op.norm_bias + i);
        store(op.gated + at, (normed + token.bonus * token.values[j]) * load(op.gate + at));
    }
}

void time_mix(const TimeMix& op, int64_t sequence_and_head) {
    const int64_t sequence = sequence_and_head / op.heads;
    const int64_t column = sequence_and_head % op.heads * kHead;
    const int64_t length = op.lengths[sequence];
    const int64_t first_row = sequence * op.tokens;
    float* matrix = op.new_state + sequence_and_head * kHead * kHead;
    const float* old_matrix = op.state + sequence_and_head * kHead * kHead;
    if (matrix != old_matrix) {
        memcpy(matrix, old_matrix, kHead * kHead * sizeof(float));
    }

    HeadToken tokens[kTokensAtOnce];
    Floats readings[kTokensAtOnce][kHeadVectors];
    Floats removal[kHeadVectors];
    for (int64_t from = 0; from < length; from += kTokensAtOnce) {
        const int64_t row = first_row + from;
        const int count = static_cast<int>(length - from < kTokensAtOnce ? length - from : kTokensAtOnce);
        for (int t = 0; t < count; t++) {
            prepare(op, row + t, column, tokens[t]);
        }
        remove(matrix, tokens[0], removal);
        for (int t = 0; t < count - 1; t++) {
            update<true>(matrix, tokens[t], &tokens[t + 1], removal, readings[t]);
        }
        update<false>(matrix, tokens[count - 1], nullptr, removal, readings[count - 1]);
        for (int t = 0; t < count; t++) {
            finish(op, row + t, column, tokens[t], readings[t]);
        }
    }
    for (int64_t token = length; token < op.tokens; token++) {
        const int64_t at = (first_row + token) * op.heads * kHead + column;
        memset(op.gated + at, 0, kHead * sizeof(float));
    }
}

}  // namespace

extern const Kernels KERNELS = {
    integer_products, float_products, scale_sums, quantize_row, squared_relu, norm_mix, last_norm,
    time_mix};

}  // namespace rwkvtts
