// The kernels for each kind of CPU, as far as this one has it, against each other: all must compute
// the same bits.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "../../main/native/kernels.h"

using namespace rwkvtts;

namespace {

constexpr int kRows = 5;
constexpr int kTokens = 5;
constexpr int kHeads = 3;
constexpr int kWidth = kHeads * kHead;
// Not a whole number of vectors.
constexpr int kOdd = 200;

std::mt19937 generator(1);

std::vector<float> floats(size_t count, float from, float to) {
    std::uniform_real_distribution<float> uniform(from, to);
    std::vector<float> result(count);
    for (float& value : result) {
        value = uniform(generator);
    }
    return result;
}

std::vector<int32_t> integers(size_t count) {
    std::uniform_int_distribution<int32_t> uniform(-30000, 30000);
    std::vector<int32_t> result(count);
    for (int32_t& value : result) {
        value = uniform(generator);
    }
    return result;
}

struct SumsMemory {
    std::vector<int32_t> values;
    std::vector<float> rows = floats(kRows, 1e-3f, 2e-3f);
    std::vector<float> columns;

    explicit SumsMemory(int width)
        : values(integers(kRows * width)), columns(floats(width, 0.01f, 0.03f)) {}

    Sums sums() const { return {values.data(), rows.data(), columns.data()}; }
};

const SumsMemory odd(kOdd), r(kWidth), k(kWidth), v(kWidth), added(kWidth);
const std::vector<float> x = floats(kRows * kWidth, -2, 2), odd_x = floats(kRows * kOdd, -90, 90);
const std::vector<float> decay = floats(kRows * kWidth, -5, 5), rate = floats(kRows * kWidth, -5, 5);
const std::vector<float> share = floats(kRows * kWidth, -5, 5), gate = floats(kRows * kWidth, -1, 1);
const std::vector<float> first = floats(kRows * kWidth, -1, 1), vectors = floats(kWidth, -1, 1);
const std::vector<float> shift = floats(kWidth, -1, 1), mix = floats(kMixes * kWidth, 0, 1);
const std::vector<float> state = floats(kHeads * kHead * kHead, -1e-12f, 1e-12f);
const int64_t length = kTokens - 1;

/** Floats and bytes. */
std::vector<float> results(const Kernels& kernels) {
    std::vector<float> all;
    std::vector<uint8_t> bytes(kRows * std::max(kWidth, kOdd));
    std::vector<float> scales(kRows), floats_out(kRows * kWidth), sum(kRows * kWidth);
    auto add_floats = [&](const std::vector<float>& values, size_t count) {
        all.insert(all.end(), values.begin(), values.begin() + count);
    };
    auto add_bytes = [&](int rows, int width) {
        all.insert(all.end(), bytes.begin(), bytes.begin() + rows * width);
        add_floats(scales, rows);
    };
    for (Activation activation :
            {Activation::kNone, Activation::kTanh, Activation::kSigmoid}) {
        std::vector<float> out(kRows * kOdd);
        for (int row = 0; row < kRows; row++) {
            kernels.scale_sums({odd.sums(), kOdd, activation, out.data()}, row, 0, kOdd);
        }
        add_floats(out, kRows * kOdd);
    }
    for (int row = 0; row < kRows; row++) {
        kernels.quantize_row({odd_x.data(), kOdd, {bytes.data(), scales.data(), kOdd}}, row);
    }
    add_bytes(kRows, kOdd);
    for (int row = 0; row < kRows; row++) {
        kernels.squared_relu({odd.sums(), kOdd, {bytes.data(), scales.data(), kOdd}}, row);
    }
    add_bytes(kRows, kOdd);

    const AddAndNorm norm{x.data(), added.sums(), vectors.data(), vectors.data(), kWidth};
    std::vector<float> new_shift(kWidth);
    std::vector<uint8_t> mixed(kMixes * kRows * kWidth);
    std::vector<float> mixed_scales(kMixes * kRows);
    NormMix mixing{norm, kTokens, &length, shift.data(), kWidth, kMixes, mix.data(), sum.data(),
        {}, new_shift.data(), kWidth};
    for (int m = 0; m < kMixes; m++) {
        mixing.mixed[m] = {
            mixed.data() + m * kRows * kWidth, mixed_scales.data() + m * kRows, kWidth};
    }
    kernels.norm_mix(mixing, 0, kRows);
    const std::vector<uint8_t> mixed_at_once = mixed;
    const std::vector<float> scales_at_once = mixed_scales, sum_at_once = sum;
    kernels.norm_mix(mixing, 0, 2);
    kernels.norm_mix(mixing, 2, kRows);
    if (mixed != mixed_at_once || mixed_scales != scales_at_once || sum != sum_at_once) {
        std::printf("rows depend on how many are computed at once\n");
        std::exit(1);
    }
    add_floats(sum, kRows * kWidth);
    add_floats(new_shift, kWidth);
    all.insert(all.end(), mixed.begin(), mixed.end());
    add_floats(mixed_scales, mixed_scales.size());
    kernels.last_norm({norm, kTokens, &length, {bytes.data(), scales.data(), kWidth}}, 0);
    add_bytes(1, kWidth);

    std::vector<float> new_state(state.size()), in_place = state;
    const float* w = vectors.data();
    TimeMix time{kTokens, kHeads, r.sums(), k.sums(), v.sums(), decay.data(), rate.data(),
        gate.data(), w, w, w, w, w, w, w, &length, state.data(), share.data(), w, first.data(),
        floats_out.data(), new_state.data(), nullptr};
    for (int head = 0; head < kHeads; head++) {
        kernels.time_mix(time, head);
    }
    add_floats(floats_out, kRows * kWidth);
    add_floats(new_state, new_state.size());
    time.state = time.new_state = in_place.data();
    for (int head = 0; head < kHeads; head++) {
        kernels.time_mix(time, head);
    }
    if (in_place != new_state) {
        std::printf("a state can't be updated in place\n");
        std::exit(1);
    }
    return all;
}

void compare(const char* name, const Kernels& kernels, const std::vector<float>& expected) {
    if (!supported(kernels)) {
        std::printf("%s: not on this CPU\n", name);
        return;
    }
    const std::vector<float> actual = results(kernels);
    for (size_t i = 0; i < expected.size(); i++) {
        if (std::memcmp(&actual[i], &expected[i], sizeof(float)) != 0) {
            std::printf("%s: result %zu is %.9g, expected %.9g\n", name, i, actual[i], expected[i]);
            std::exit(1);
        }
    }
    std::printf("%s: %zu results, all bits the same\n", name, expected.size());
}

/** The activations are those of the C library. */
void check_activations() {
    std::vector<int32_t> sums;
    for (int i = -2000; i <= 2000; i++) {
        sums.push_back(i);
    }
    const int width = static_cast<int>(sums.size());
    const float row = 0.05f;
    const std::vector<float> columns(width, 1);
    std::vector<float> out(width);
    for (Activation activation : {Activation::kTanh, Activation::kSigmoid}) {
        baseline.scale_sums({{sums.data(), &row, columns.data()}, width, activation, out.data()}, 0, 0, width);
        for (int i = 0; i < width; i++) {
            const double z = sums[i] * static_cast<double>(row);
            const double expected =
                activation == Activation::kTanh ? std::tanh(z) : 1 / (1 + std::exp(-z));
            if (!(std::abs(out[i] - expected) < 3e-7)) {
                std::printf("activation of %g is %g, expected %g\n", z, out[i], expected);
                std::exit(1);
            }
        }
    }
}

/** Products for any number of rows and any width, and the largest that bytes have. */
void check_products(const char* name, const Kernels& kernels) {
    if (!supported(kernels)) {
        return;
    }
    std::uniform_int_distribution<int> byte(0, 255);
    for (const int rows : {1, 2, 3, 5, 8, 11, 12, 13, 27}) {
        for (const int inner : {4, 12, 64, 200, 600}) {
            for (const int width : {1, 31, 32, 33, 64, 200}) {
                const int blocks = (width + kBlock - 1) / kBlock;
                const int stride = inner + 5;
                std::vector<uint8_t> x(rows * stride);
                std::vector<int8_t> matrix(blocks * kBlock * inner);
                std::vector<int32_t> zeros(width), out(rows * width, -1);
                const bool largest = rows == 5;
                for (uint8_t& value : x) {
                    value = largest ? 255 : byte(generator);
                }
                for (int8_t& value : matrix) {
                    value = largest ? -128 : byte(generator) - 128;
                }
                for (int32_t& value : zeros) {
                    value = byte(generator);
                }
                for (const bool with_zeros : {false, true}) {
                    for (int block = 0; block < blocks; block++) {
                        kernels.integer_products({x.data(), stride, rows, inner, matrix.data(),
                            false, with_zeros ? zeros.data() : nullptr, width, out.data()}, block);
                    }
                    for (int row = 0; row < rows; row++) {
                        for (int column = 0; column < width; column++) {
                            int32_t expected = with_zeros ? -zeros[column] : 0;
                            for (int k = 0; k < inner; k++) {
                                const int word = k / kWord * kBlock + column % kBlock;
                                expected += x[row * stride + k] * matrix[
                                    column / kBlock * kBlock * inner + word * kWord + k % kWord];
                            }
                            if (out[row * width + column] != expected) {
                                std::printf("%s: %d x %d x %d: a product is %d, expected %d\n",
                                    name, rows, inner, width, out[row * width + column], expected);
                                std::exit(1);
                            }
                        }
                    }
                }
                if (width % kBlock != 0) {
                    continue;
                }
                const std::vector<float> a = floats(rows * inner, -1, 1);
                const std::vector<float> b = floats(inner * width, -1, 1);
                std::vector<float> sums(rows * width);
                for (int block = 0; block < blocks; block++) {
                    kernels.float_products(
                        {a.data(), rows, inner, b.data(), width, sums.data()}, block);
                }
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < width; column++) {
                        float expected = 0, sum = 0;
                        for (int k = 0; k < inner; k++) {
                            sum = std::fma(a[row * inner + k],
                                b[column / kBlock * kBlock * inner + k * kBlock + column % kBlock],
                                sum);
                            if ((k + 1) % kChain == 0 || k + 1 == inner) {
                                expected = k < kChain ? sum : expected + sum;
                                sum = 0;
                            }
                        }
                        if (sums[row * width + column] != expected) {
                            std::printf("%s: a product of floats is %.9g, expected %.9g\n", name,
                                sums[row * width + column], expected);
                            std::exit(1);
                        }
                    }
                }
            }
        }
    }
    std::printf("%s: all products as expected\n", name);
}

/** Nibbles give the sums of the bytes that they stand for. */
void check_nibbles(const char* name, const Kernels& kernels) {
    if (!supported(kernels)) {
        return;
    }
    std::uniform_int_distribution<int> byte(0, 255), nibble(0, 15);
    for (const int rows : {1, 2, 3, 4, 5, 8, 9, 12, 27}) {
        for (const int groups : {1, 3}) {
            for (const int width : {1, 32, 33, 64}) {
                const int inner = groups * kGroup;
                const int blocks = (width + kBlock - 1) / kBlock;
                const bool largest = rows == 5;
                std::vector<uint8_t> x(rows * inner);
                for (uint8_t& value : x) {
                    value = largest ? 255 : byte(generator);
                }
                std::vector<int8_t> bytes(blocks * kBlock * inner), packed;
                for (int block = 0; block < blocks; block++) {
                    std::vector<int> factors(groups * kBlock);
                    for (int& factor : factors) {
                        factor = largest ? 15 : nibble(generator);
                        packed.push_back(static_cast<int8_t>(factor));
                    }
                    for (int k = 0; k < inner; k += 2 * kWord) {
                        for (int i = 0; i < kBlock * kWord; i++) {
                            const int low = largest ? 0 : nibble(generator);
                            const int high = largest ? 0 : nibble(generator);
                            const int factor = factors[k / kGroup * kBlock + i / kWord];
                            int8_t* const at = &bytes[(block * inner + k) * kBlock + i];
                            at[0] = static_cast<int8_t>((low - 8) * factor);
                            at[kBlock * kWord] = static_cast<int8_t>((high - 8) * factor);
                            packed.push_back(static_cast<int8_t>(high << 4 | low));
                        }
                    }
                }
                std::vector<int32_t> zeros(width, 7), expected(rows * width), out(rows * width, -1);
                for (int block = 0; block < blocks; block++) {
                    kernels.integer_products({x.data(), inner, rows, inner, bytes.data(), false,
                        zeros.data(), width, expected.data()}, block);
                    kernels.integer_products({x.data(), inner, rows, inner, packed.data(), true,
                        zeros.data(), width, out.data()}, block);
                }
                if (out != expected) {
                    std::printf("%s: nibbles, %d x %d x %d: not the sums of their bytes\n", name,
                        rows, inner, width);
                    std::exit(1);
                }
            }
        }
    }
}

}  // namespace

int main() {
    check_activations();
#ifdef __x86_64__
    check_products("x86_64_v3", x86_64_v3);
    check_nibbles("x86_64_v3", x86_64_v3);
    check_products("x86_64_v4", x86_64_v4);
    check_nibbles("x86_64_v4", x86_64_v4);
#endif
    check_products("baseline", baseline);
    check_nibbles("baseline", baseline);
    const std::vector<float> expected = results(baseline);
#ifdef __x86_64__
    compare("x86_64_v3", x86_64_v3, expected);
    compare("x86_64_v4", x86_64_v4, expected);
#endif
    compare("baseline", baseline, expected);
}
