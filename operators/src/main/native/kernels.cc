#include "kernels.h"

#include <cstring>

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

INLINE void store(float* to, Floats value, int64_t count) {
    memcpy(to, &value, count >= kLanes ? sizeof value : count * sizeof(float));
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

// e^x to about the last bit for what does not overflow, by 2^n * e^r with |r| <= ln(2) / 2.
INLINE Floats exponential(Floats x) {
    x = x < kExponentMin ? all(kExponentMin) : x;
    x = x > kExponentMax ? all(kExponentMax) : x;
    Floats shifted = x * kBinaryLogarithmOfE + kRounder;
    Floats n = shifted - kRounder;
    Floats r = x - n * kLogarithmOf2 + n * kLogarithmOf2Rest;
    Floats sum = all(1.0f / 5040);
    sum = sum * r + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
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
    ByteLanes bytes = __builtin_convertvector(rounded, ByteLanes);
    memcpy(to, &bytes, count >= kLanes ? sizeof bytes : count);
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
    uint8_t* bytes = out.values + row * width;
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

void scale_sums(const ScaleSums& op, int64_t row) {
    for (int64_t i = 0; i < op.width; i += kLanes) {
        Floats x = activated(scaled(op.sums, op.width, row, i), op.activation);
        store(op.out + row * op.width + i, x, op.width - i);
    }
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
    uint8_t* bytes = op.out.values + row * width;
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
        float* new_shift = op.new_shift + sequence * width;
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

void time_mix(const TimeMix& op, int64_t sequence_and_head) {
    const int64_t sequence = sequence_and_head / op.heads;
    const int64_t column = sequence_and_head % op.heads * kHead;
    const int64_t width = op.heads * kHead;
    const int64_t length = op.lengths[sequence];
    float* matrix = op.new_state + sequence_and_head * kHead * kHead;
    const float* old_matrix = op.state + sequence_and_head * kHead * kHead;
    if (matrix != old_matrix) {
        memcpy(matrix, old_matrix, kHead * kHead * sizeof(float));
    }

    for (int64_t token = 0; token < op.tokens; token++) {
        const int64_t row = sequence * op.tokens + token;
        const int64_t place = row * width + column;
        if (token >= length) {
            memset(op.gated + place, 0, kHead * sizeof(float));
            continue;
        }
        // By key index: what the state keeps, what is removed, what is written, what is read.
        float keeps[kHead], removes[kHead], writes[kHead], reads[kHead], kappas[kHead];
        Floats values[kHeadVectors], removal[kHeadVectors], reading[kHeadVectors];
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
            values[j] = vector;
            store(keeps + j * kLanes, decays);
            store(removes + j * kLanes, rates);
            store(writes + j * kLanes, key);
            store(reads + j * kLanes, receptance);
            store(kappas + j * kLanes, kappa);
        }
        const float length_of_kappa = __builtin_sqrtf(sum(squares));
        // A length that is no number is the smaller of the two here, and must not be.
        const float unit = 1 / (length_of_kappa < kShortestKey ? kShortestKey : length_of_kappa);
        for (int j = 0; j < kHeadVectors; j++) {
            Floats kappa = load(kappas + j * kLanes) * unit;
            store(kappas + j * kLanes, kappa);
            store(removes + j * kLanes, load(removes + j * kLanes) * kappa);
            removal[j] = Floats{};
            reading[j] = Floats{};
        }
        for (int i = 0; i < kHead; i++) {
            const float* line = matrix + i * kHead;
            for (int j = 0; j < kHeadVectors; j++) {
                removal[j] += load(line + j * kLanes) * kappas[i];
            }
        }
        for (int i = 0; i < kHead; i++) {
            float* line = matrix + i * kHead;
            const float written = writes[i] * kStateScale;
            for (int j = 0; j < kHeadVectors; j++) {
                Floats updated = load(line + j * kLanes) * keeps[i] - removal[j] * removes[i]
                        + values[j] * written;
                store(line + j * kLanes, updated);
                reading[j] += updated * reads[i];
            }
        }

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
        const float bonus = sum(bonuses);
        for (int j = 0; j < kHeadVectors; j++) {
            const int64_t i = column + j * kLanes;
            const int64_t at = row * width + i;
            Floats normed = reading[j] * factor * load(op.norm_weight + i) + load(op.norm_bias + i);
            store(op.gated + at, (normed + bonus * values[j]) * load(op.gate + at));
        }
    }
}

}  // namespace

extern const Kernels KERNELS = {
    scale_sums, quantize_row, squared_relu, norm_mix, last_norm, time_mix};

}  // namespace rwkvtts
