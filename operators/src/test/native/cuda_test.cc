// The kernels for devices against the baseline kernels for CPUs: the same bits. Emulated, in every
// schedule of the emulation; and without any one of their barriers some schedule yields others. On a
// card (card.sh) the very same cases.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "../../main/native/cuda/launches.cuh"
#include "sample_cases.h"

using namespace rwkvtts;
using namespace rwkvtts::cuda;

namespace {

constexpr int kSlots = 5;

/** Sums of bytes with their scales; columns beyond the width belong to nothing. */
struct SumsMemory {
    Memory<int32_t> values;
    Memory<float> rows;
    Memory<float> columns;

    SumsMemory(int count, int width, int stride)
        : values(integers<int32_t>(static_cast<size_t>(count) * stride, -30000, 30000)),
          rows(floats(count, 1e-3f, 2e-3f)),
          columns(floats(width, 0.01f, 0.03f)) {}

    SumsMemory(int count, int width) : SumsMemory(count, width, width) {}

    Sums sums() const { return {values.data(), rows.data(), columns.data()}; }

    /** The floats that they stand for, without what lies beyond the width. */
    Memory<float> scaled() const {
        const size_t width = columns.size();
        const size_t stride = values.size() / rows.size();
        Memory<float> result(rows.size() * width);
        for (size_t i = 0; i < result.size(); i++) {
            result[i] = static_cast<float>(values[i / width * stride + i % width])
                * rows[i / width] * columns[i % width];
        }
        return result;
    }
};

/** Bytes around 0 as the CPU has them: around 128. */
Memory<uint8_t> around_128(Memory<uint8_t> bytes) {
    for (uint8_t& byte : bytes) {
        byte = static_cast<uint8_t>(byte + 128);
    }
    return bytes;
}

/** Sequences of a call: lengths up to T in slots, one of them in none. */
struct Batch {
    int tokens;
    Memory<int64_t> lengths;
    Memory<int64_t> slots;

    int sequences() const { return static_cast<int>(lengths.size()); }
    int rows() const { return sequences() * tokens; }

    States states(Memory<float>& buffer, int64_t offset) const {
        return {buffer.data() + offset, static_cast<int64_t>(buffer.size()) / kSlots, kSlots,
            slots.data(), lengths.data(), tokens};
    }
};

const Batch kPrompts{5, {5, 0, 3, 4}, {3, 0, 1, -1}};
const Batch kStep{1, {1, 1, 0, 1}, {4, 2, 1, kSlots}};

void add_norm_mix(const std::string& name, const Batch& batch, int width, int mixes, bool adds) {
    struct Data {
        Batch batch;
        SumsMemory added;
        Memory<float> x, weight, bias, mix, states;
        Memory<float> sum, after;
        std::vector<Memory<uint8_t>> bytes;
        std::vector<Memory<float>> scales;
    };
    const int rows = batch.rows();
    const int64_t slot_floats = 3 * width;
    const int64_t offset = width;
    auto data = std::make_shared<Data>(Data{batch, SumsMemory(rows, width),
        floats(rows * width, -3, 3), floats(width, 0.5f, 1.5f), floats(width, -1, 1),
        floats(mixes * width, 0, 1), floats(kSlots * slot_floats, -1, 1), {}, {}, {}, {}});
    const auto norm = [data, width, adds] {
        return AddAndNorm{data->x.data(), adds ? data->added.sums() : Sums{}, data->weight.data(),
            data->bias.data(), width};
    };
    Data& d = *data;
    d.sum.resize(rows * width);
    d.bytes.assign(mixes, Memory<uint8_t>(rows * width));
    d.scales.assign(mixes, Memory<float>(rows));
    Memory<float> shifts(batch.sequences() * width), new_shifts(shifts.size());
    for (int s = 0; s < batch.sequences(); s++) {
        const float* const old = batch.states(d.states, offset).of(s);
        for (int i = 0; i < width; i++) {
            shifts[s * width + i] = old == nullptr ? 0 : old[i];
        }
    }
    NormMix cpu{norm(), batch.tokens, batch.lengths.data(), shifts.data(), width, mixes,
        d.mix.data(), d.sum.data(), {}, new_shifts.data(), width};
    for (int m = 0; m < mixes; m++) {
        cpu.mixed[m] = {d.bytes[m].data(), d.scales[m].data(), width};
    }
    baseline.norm_mix(cpu, 0, rows);
    d.after = d.states;
    for (int s = 0; s < batch.sequences(); s++) {
        float* const slot = batch.states(d.after, offset).of(s);
        if (slot != nullptr) {
            std::copy_n(new_shifts.begin() + s * width, width, slot);
        }
    }
    cases.push_back({name, [=](bool quiet) {
        Memory<float> states = data->states, sum(rows * width, 99);
        std::vector<Memory<uint8_t>> bytes(mixes, Memory<uint8_t>(rows * width, 99));
        std::vector<Memory<float>> scales(mixes, Memory<float>(rows, 99));
        SlotNormMix a{norm(), data->batch.states(states, offset), mixes, data->mix.data(),
            sum.data(), {}, {}};
        for (int m = 0; m < mixes; m++) {
            a.mixed[m] = bytes[m].data();
            a.scales[m] = scales[m].data();
        }
        done(launch_norm_mix(nullptr, a, data->batch.sequences()));
        bool agrees = same("sum", sum, data->sum, quiet);
        agrees &= same("shift", states, data->after, quiet);
        for (int m = 0; m < mixes; m++) {
            agrees &= same("scales", scales[m], data->scales[m], quiet);
            agrees &= same("bytes", around_128(bytes[m]), data->bytes[m], quiet);
        }
        return agrees;
    }});
}

/** The norm of each row of x, to which sums are added or nothing is, by the CPU. */
Memory<float> norms_of(const AddAndNorm& norm, int rows) {
    const int width = static_cast<int>(norm.width);
    Memory<int64_t> lengths(rows, 1);
    Memory<float> shifts(rows * width), norms(rows * width), sum(rows * width), mix(width);
    Memory<float> scales(rows);
    Memory<uint8_t> bytes(rows * width);
    NormMix alone{norm, 1, lengths.data(), shifts.data(), width, 1, mix.data(), sum.data(), {},
        norms.data(), width};
    alone.mixed[0] = {bytes.data(), scales.data(), width};
    baseline.norm_mix(alone, 0, rows);
    return norms;
}

/** Norms mixed as floats, and last norms, against norms of the CPU. */
void add_float_norms(const std::string& name, const Batch& batch, int width, int mixes, bool adds) {
    struct Data {
        Batch batch;
        SumsMemory sums;
        Memory<float> added, x, weight, bias, mix, states;
        Memory<float> norms, after, last;
        std::vector<Memory<float>> mixed;
    };
    const int rows = batch.rows();
    const int sequences = batch.sequences();
    auto data = std::make_shared<Data>(Data{batch, SumsMemory(rows, width), {},
        floats(rows * width, -3, 3), floats(width, 0.5f, 1.5f), floats(width, -1, 1),
        floats(mixes * width, 0, 1), floats(kSlots * 2 * width, -1, 1), {}, {}, {}, {}});
    Data& d = *data;
    d.added = d.sums.scaled();
    d.norms = norms_of({d.x.data(), adds ? d.sums.sums() : Sums{}, d.weight.data(), d.bias.data(),
        width}, rows);
    d.after = d.states;
    d.mixed.assign(mixes, Memory<float>(rows * width));
    for (int s = 0; s < sequences; s++) {
        const float* const shift = batch.states(d.states, width).of(s);
        const int length = static_cast<int>(batch.lengths[s]);
        for (int i = 0; i < batch.tokens * width; i++) {
            const int at = s * batch.tokens * width + i;
            const float before =
                i >= width ? d.norms[at - width] : shift == nullptr ? 0 : shift[i];
            for (int m = 0; m < mixes; m++) {
                d.mixed[m][at] =
                    (before - d.norms[at]) * d.mix[m * width + i % width] + d.norms[at];
            }
        }
        const auto last = d.norms.begin() + (s * batch.tokens + std::max(length, 1) - 1) * width;
        d.last.insert(d.last.end(), last, last + width);
        if (float* const slot = batch.states(d.after, width).of(s); slot != nullptr && length > 0) {
            std::copy_n(last, width, slot);
        }
    }
    cases.push_back({name, [=](bool quiet) {
        const Data& d = *data;
        const AddFloatsAndNorm norm{d.x.data(), {adds ? d.added.data() : nullptr}, d.weight.data(),
            d.bias.data(), width};
        Memory<float> states = d.states, sum(rows * width, 99), last(sequences * width, 99);
        std::vector<Memory<float>> mixed(mixes, Memory<float>(rows * width, 99));
        SlotNormMixFloats a{
            norm, d.batch.states(states, width), mixes, d.mix.data(), sum.data(), {}};
        for (int m = 0; m < mixes; m++) {
            a.mixed[m] = mixed[m].data();
        }
        done(launch_norm_mix(nullptr, a, sequences));
        done(launch_last_norm(nullptr,
            {norm, d.batch.lengths.data(), d.batch.tokens, last.data()}, sequences));
        bool agrees = same("shift", states, d.after, quiet);
        Memory<float> sums = d.x;
        for (size_t i = 0; adds && i < sums.size(); i++) {
            sums[i] += d.added[i];
        }
        agrees &= same("sum", sum, sums, quiet) & same("last norm", last, d.last, quiet);
        for (int m = 0; m < mixes; m++) {
            agrees &= same("mixed norms", mixed[m], d.mixed[m], quiet);
        }
        return agrees;
    }});
}

void add_last_norm(const std::string& name, const Batch& batch, int width) {
    struct Data {
        Batch batch;
        SumsMemory added;
        Memory<float> x, weight, bias, scales;
        Memory<uint8_t> bytes;
    };
    const int rows = batch.rows();
    const int sequences = batch.sequences();
    auto data = std::make_shared<Data>(Data{batch, SumsMemory(rows, width),
        floats(rows * width, -3, 3), floats(width, 0.5f, 1.5f), floats(width, -1, 1),
        Memory<float>(sequences), Memory<uint8_t>(sequences * width)});
    const auto norm = [data, width] {
        return AddAndNorm{data->x.data(), data->added.sums(), data->weight.data(),
            data->bias.data(), width};
    };
    for (int s = 0; s < sequences; s++) {
        baseline.last_norm({norm(), batch.tokens, data->batch.lengths.data(),
            {data->bytes.data(), data->scales.data(), width}}, s);
    }
    cases.push_back({name, [=](bool quiet) {
        Memory<uint8_t> bytes(sequences * width, 99);
        Memory<float> scales(sequences, 99);
        done(launch_last_norm(nullptr, {norm(), data->batch.lengths.data(), data->batch.tokens,
            bytes.data(), scales.data()}, sequences));
        return same("scales", scales, data->scales, quiet)
            & same("bytes", around_128(bytes), data->bytes, quiet);
    }});
}

void add_time_mix(const std::string& name, const Batch& batch, int heads, bool first_layer) {
    struct Data {
        Batch batch;
        SumsMemory r, k, v;
        Memory<float> decay, rate, gate, share, first, vectors[8], states;
        Memory<float> after, gated, value;
        /** r, k and v as floats. */
        Memory<float> products[3];
    };
    const int width = heads * kHead;
    const int rows = batch.rows();
    const int64_t state_floats = static_cast<int64_t>(width) * kHead;
    const int64_t slot_floats = 2 * state_floats;
    const int64_t offset = state_floats;
    auto data = std::make_shared<Data>(Data{batch, SumsMemory(rows, width),
        SumsMemory(rows, width), SumsMemory(rows, width), floats(rows * width, -5, 5),
        floats(rows * width, -5, 5), floats(rows * width, -1, 1), floats(rows * width, -5, 5),
        floats(rows * width, -1, 1), {}, floats(kSlots * slot_floats, -1e-12f, 1e-12f), {},
        Memory<float>(rows * width), Memory<float>(rows * width), {}});
    Data& d = *data;
    const SumsMemory* const sums[] = {&d.r, &d.k, &d.v};
    for (int i = 0; i < 3; i++) {
        d.products[i] = sums[i]->scaled();
    }
    for (Memory<float>& vector : d.vectors) {
        vector = floats(width, -1, 1);
    }
    Memory<float> state(batch.sequences() * state_floats), new_state(state.size());
    for (int s = 0; s < batch.sequences(); s++) {
        const float* const slot = batch.states(d.states, offset).of(s);
        if (slot != nullptr) {
            std::copy_n(slot, state_floats, state.begin() + s * state_floats);
        }
    }
    // A sequence without a slot yields nothing at all.
    Memory<int64_t> lengths = batch.lengths;
    for (int s = 0; s < batch.sequences(); s++) {
        lengths[s] = batch.states(d.states, offset).of(s) == nullptr ? 0 : lengths[s];
    }
    const auto& w = d.vectors;
    TimeMix mix{};
    mix.tokens = batch.tokens;
    mix.heads = heads;
    mix.r = d.r.sums();
    mix.k = d.k.sums();
    mix.v = d.v.sums();
    mix.decay = d.decay.data();
    mix.rate = d.rate.data();
    mix.gate = d.gate.data();
    mix.lengths = lengths.data();
    mix.state = state.data();
    mix.gated = d.gated.data();
    mix.new_state = new_state.data();
    std::tie(mix.w0, mix.a0, mix.k_k, mix.k_a) =
        std::make_tuple(w[0].data(), w[1].data(), w[2].data(), w[3].data());
    std::tie(mix.r_k, mix.norm_weight, mix.norm_bias) =
        std::make_tuple(w[4].data(), w[5].data(), w[6].data());
    if (first_layer) {
        mix.value = d.value.data();
    } else {
        mix.share = d.share.data();
        mix.v0 = w[7].data();
        mix.first = d.first.data();
    }
    for (int i = 0; i < batch.sequences() * heads; i++) {
        baseline.time_mix(mix, i);
    }
    d.after = d.states;
    for (int s = 0; s < batch.sequences(); s++) {
        float* const slot = batch.states(d.after, offset).of(s);
        if (slot != nullptr) {
            std::copy_n(new_state.begin() + s * state_floats, state_floats, slot);
        }
    }
    const auto agrees = [=](auto a, bool quiet) {
        const Data& d = *data;
        Memory<float> states = d.states, gated(rows * width, 99), value(rows * width);
        a.heads = heads;
        a.decay = d.decay.data();
        a.rate = d.rate.data();
        a.gate = d.gate.data();
        const float** const vectors[] = {
            &a.w0, &a.a0, &a.k_k, &a.k_a, &a.r_k, &a.norm_weight, &a.norm_bias, &a.v0};
        for (int i = 0; i < 8; i++) {
            *vectors[i] = d.vectors[i].data();
        }
        a.states = d.batch.states(states, offset);
        a.share = first_layer ? nullptr : d.share.data();
        a.first = first_layer ? nullptr : d.first.data();
        a.gated = gated.data();
        a.value = first_layer ? value.data() : nullptr;
        done(launch_time_mix(nullptr, a, d.batch.sequences()));
        return same("gated", gated, d.gated, quiet) & same("state", states, d.after, quiet)
            & same("value", value, d.value, quiet);
    };
    cases.push_back({name, [=](bool quiet) {
        SlotTimeMix a{};
        a.r = data->r.sums();
        a.k = data->k.sums();
        a.v = data->v.sums();
        return agrees(a, quiet);
    }});
    cases.push_back({name + " of floats", [=](bool quiet) {
        SlotTimeMixOf<Floats> a{};
        a.r = {data->products[0].data()};
        a.k = {data->products[1].data()};
        a.v = {data->products[2].data()};
        return agrees(a, quiet);
    }});
}

void add_bytes(const std::string& name, int rows, int width, int stride) {
    struct Data {
        SumsMemory sums;
        Memory<float> x, scales, relu_scales, floats;
        Memory<uint8_t> bytes, relu;
    };
    auto data = std::make_shared<Data>(Data{SumsMemory(rows, width, stride),
        floats(rows * width, -90, 90), Memory<float>(rows), Memory<float>(rows),
        Memory<float>(rows * width), Memory<uint8_t>(rows * width),
        Memory<uint8_t>(rows * width)});
    Data& d = *data;
    SumsMemory dense = d.sums;
    dense.values.clear();
    for (int row = 0; row < rows; row++) {
        const auto from = d.sums.values.begin() + row * stride;
        dense.values.insert(dense.values.end(), from, from + width);
    }
    for (int row = 0; row < rows; row++) {
        baseline.quantize_row({d.x.data(), width, {d.bytes.data(), d.scales.data(), width}}, row);
        baseline.squared_relu({dense.sums(), width, {d.relu.data(), d.relu_scales.data(), width}}, row);
        baseline.scale_sums({dense.sums(), width, Activation::kNone, d.floats.data()}, row, 0, width);
    }
    const int padded = (width + kTileInner - 1) / kTileInner * kTileInner;
    const auto with_zeros = [=](const Memory<uint8_t>& from) {
        Memory<uint8_t> to(rows * padded);
        for (int i = 0; i < rows * width; i++) {
            to[i / width * padded + i % width] = from[i];
        }
        return to;
    };
    cases.push_back({name + ", quantised", [=](bool quiet) {
        Memory<uint8_t> bytes(rows * padded, 99);
        Memory<float> scales(rows, 99);
        done(launch_quantize_rows(
            nullptr, {data->x.data(), width, {bytes.data(), scales.data(), padded}}, rows));
        Memory<uint8_t> expected = data->bytes;
        for (uint8_t& byte : expected) {
            byte = static_cast<uint8_t>(byte - 128);
        }
        return same("scales", scales, data->scales, quiet)
            & same("bytes", bytes, with_zeros(expected), quiet);
    }});
    cases.push_back({name + ", squared relu", [=](bool quiet) {
        Memory<uint8_t> bytes(rows * padded, 99);
        Memory<float> scales(rows, 99);
        done(launch_squared_relu(nullptr,
            {data->sums.sums(), stride, width, {bytes.data(), scales.data(), padded}}, rows));
        return same("scales", scales, data->relu_scales, quiet)
            & same("bytes", bytes, with_zeros(data->relu), quiet);
    }});
    cases.push_back({name + ", scaled", [=](bool quiet) {
        Memory<float> out(rows * width, 99);
        done(launch_scale_sums(nullptr, {data->sums.sums(), stride, width, out.data()}, rows));
        return same("floats", out, data->floats, quiet);
    }});
}

/** Products of unlike sizes in one launch, against sums taken one by one. */
template <bool kUnsigned>
void add_products(const std::string& name, int rows, std::vector<std::pair<int, int>> sizes) {
    struct Product {
        int width, inner;
        Memory<uint8_t> x;
        Memory<int8_t> tiles;
        Memory<int32_t> expected;
    };
    auto products = std::make_shared<std::vector<Product>>();
    for (const auto& [width, inner] : sizes) {
        Product p{width, inner, integers<uint8_t>(rows * inner, 0, 255), {}, {}};
        const auto matrix = integers<int8_t>(width * inner, -127, 127);
        p.tiles.resize(width * inner);
        p.expected.assign(rows * width, 0);
        for (int n = 0; n < width; n++) {
            for (int k = 0; k < inner; k++) {
                const int lane = n % 8 * 4 + k % 16 / 4;
                const int at = lane * 16 + n % 16 / 8 * 8 + k % 32 / 16 * 4 + k % 4;
                p.tiles[(n / 16 * (inner / 32) + k / 32) * kTileBytes + at] = matrix[n * inner + k];
                for (int row = 0; row < rows; row++) {
                    const uint8_t byte = p.x[row * inner + k];
                    const int x = kUnsigned ? byte : static_cast<int8_t>(byte);
                    p.expected[row * width + n] += x * matrix[n * inner + k];
                }
            }
        }
        products->push_back(p);
    }
    cases.push_back({name, [=](bool quiet) {
        std::vector<Memory<int32_t>> sums;
        ByteProducts a{};
        a.count = static_cast<int>(products->size());
        a.rows = rows;
        for (const Product& p : *products) {
            sums.emplace_back(rows * p.width, -1);
        }
        for (int i = 0; i < a.count; i++) {
            const Product& p = (*products)[i];
            a.products[i] = {p.x.data(), p.tiles.data(), sums[i].data(), p.inner, p.width, 0};
        }
        done(launch_byte_products<kUnsigned>(nullptr, a));
        bool agrees = true;
        for (int i = 0; i < a.count; i++) {
            agrees &= same("sums", sums[i], (*products)[i].expected, quiet);
        }
        return agrees;
    }});
}

/** What is no number has many forms, of which a card yields another than a CPU. */
Memory<float> of_one_form(Memory<float> numbers) {
    for (float& number : numbers) {
        number = number == number ? number : of_bits(0x7fc00000);
    }
    return numbers;
}

uint16_t half_of(float x) {
    const uint32_t magnitude = bits_of(x) & 0x7fffffff;
    // Numbers that are normal ones as 16-bit floats, too, cut off.
    return static_cast<uint16_t>(bits_of(x) >> 16 & 0x8000) | (magnitude - (112u << 23)) >> 13;
}

/** A sum of products in the order that halves.cuh defines. */
float half_product(const float* x, const float* weights, int inner) {
    float parts[kProductWarps][4] = {};
    for (int k = 0; k < inner; k++) {
        float& part = parts[k / 32 % kProductWarps][k % 32 / 8];
        part = std::fmaf(x[k], weights[k], part);
    }
    float sum = 0;
    for (int w = 0; w < kProductWarps; w++) {
        const float of_warp = (parts[w][0] + parts[w][2]) + (parts[w][1] + parts[w][3]);
        sum = w == 0 ? of_warp : sum + of_warp;
    }
    return sum;
}

/**
 * Products with 16-bit floats, several in one launch, against sums one by one. The last columns of
 * an only product may belong to nothing. Numbers of one row are none.
 */
void add_half_products(const std::string& name, int rows, std::vector<std::pair<int, int>> sizes,
    int columns, bool squared_relu) {
    struct Product {
        int tiles, width, inner;
        Memory<float> x;
        Memory<uint16_t> weights;
        Memory<float> expected;
    };
    auto products = std::make_shared<std::vector<Product>>();
    for (const auto& [width, inner] : sizes) {
        Product p{width / kHalfColumns, columns == 0 ? width : columns, inner,
            floats(static_cast<size_t>(rows) * inner, -3, 3), {}, {}};
        p.x[(rows - 1) * inner + inner / 2] = std::nanf("");
        p.weights.resize(static_cast<size_t>(width) * inner);
        Memory<float> matrix = floats(static_cast<size_t>(width) * inner, 0.01f, 2);
        for (int n = 0; n < width; n++) {
            for (int k = 0; k < inner; k++) {
                float& weight = matrix[n * inner + k];
                // Some are subnormal.
                const uint16_t half = (7 * n + k) % 11 == 0
                    ? static_cast<uint16_t>((n + k) % 1024)
                    : half_of((n + k) % 3 == 0 ? -weight : weight);
                const int lane = n % 8 * 4 + k % 32 / 8;
                const int at = lane * 8 + k % 8;
                p.weights[(n / 8 * (inner / 32) + k / 32) * kHalfTile + at] = half;
                weight = half < 1024
                    ? std::ldexp(static_cast<float>(half), -24)
                    : of_bits((half & 0x8000u) << 16 | (((half & 0x7fffu) << 13) + (112u << 23)));
            }
        }
        for (int row = 0; row < rows; row++) {
            for (int n = 0; n < p.width; n++) {
                const float sum = half_product(&p.x[row * inner], &matrix[n * inner], inner);
                p.expected.push_back(!squared_relu ? sum : sum < 0 ? 0 : sum * sum);
            }
        }
        products->push_back(p);
    }
    cases.push_back({name, [=](bool quiet) {
        std::vector<Memory<float>> out;
        HalfProducts a{};
        a.count = static_cast<int>(products->size());
        a.rows = rows;
        a.squared_relu = squared_relu;
        for (const Product& p : *products) {
            out.emplace_back(rows * p.width, 99);
        }
        for (int i = 0; i < a.count; i++) {
            const Product& p = (*products)[i];
            a.products[i] = {
                p.x.data(), p.weights.data(), out[i].data(), p.inner, p.width, p.tiles, 0};
        }
        done(launch_half_products(nullptr, a));
        bool agrees = true;
        for (int i = 0; i < a.count; i++) {
            agrees &=
                same("products", of_one_form(out[i]), of_one_form((*products)[i].expected), quiet);
        }
        return agrees;
    }});
}

/** The second low-rank products, against fused multiply-adds one by one, 256 of them at a time. */
void add_low_rank(const std::string& name, int rows, int width, std::vector<int> ranks) {
    struct Pair {
        int rank;
        SumsMemory inner;
        Memory<float> matrix, expected, floats;
    };
    const Activation activations[] = {
        Activation::kTanh, Activation::kNone, Activation::kSigmoid, Activation::kNone};
    auto pairs = std::make_shared<std::vector<Pair>>();
    for (size_t n = 0; n < ranks.size(); n++) {
        const int rank = ranks[n];
        Pair pair{rank, SumsMemory(rows, rank), floats(rank * width, -1, 1),
            Memory<float>(rows * width), {}};
        pair.floats = pair.inner.scaled();
        Memory<float> inner(rows * rank);
        for (int row = 0; row < rows; row++) {
            baseline.scale_sums({pair.inner.sums(), rank, activations[n], inner.data()}, row, 0, rank);
        }
        for (int i = 0; i < rows * width; i++) {
            for (int from = 0; from < rank; from += 256) {
                float sum = 0;
                for (int k = from; k < std::min(rank, from + 256); k++) {
                    sum = std::fmaf(inner[i / width * rank + k], pair.matrix[k * width + i % width],
                        sum);
                }
                pair.expected[i] = from == 0 ? sum : pair.expected[i] + sum;
            }
        }
        pairs->push_back(pair);
    }
    // Takes the inner values by `inner` of a pair.
    const auto agrees = [=](auto a, const auto& inner, bool quiet) {
        std::vector<Memory<float>> out(pairs->size(), Memory<float>(rows * width, 99));
        a.rows = rows;
        a.width = width;
        for (size_t n = 0; n < pairs->size(); n++) {
            const Pair& pair = (*pairs)[n];
            a.pairs[n] = {
                inner(pair), pair.matrix.data(), pair.rank, activations[n], out[n].data()};
        }
        done(launch_low_rank_up(nullptr, a, static_cast<int>(pairs->size())));
        bool agrees = true;
        for (size_t n = 0; n < pairs->size(); n++) {
            agrees &= same("floats", out[n], (*pairs)[n].expected, quiet);
        }
        return agrees;
    };
    cases.push_back({name, [=](bool quiet) {
        return agrees(LowRanks{}, [](const Pair& pair) { return pair.inner.sums(); }, quiet);
    }});
    cases.push_back({name + " of floats", [=](bool quiet) {
        return agrees(LowRanksOf<Floats>{},
            [](const Pair& pair) { return Floats{pair.floats.data()}; }, quiet);
    }});
}

void add_embed() {
    const auto table = std::make_shared<Memory<float>>(floats(7 * 192, -1, 1));
    cases.push_back({"embed", [=](bool quiet) {
        const Memory<int64_t> tokens = {6, 0, 3, 7, -1};
        Memory<float> out(tokens.size() * 192, 99), expected;
        done(launch_embed(nullptr, {table->data(), tokens.data(), 7, 192, out.data()},
            static_cast<int64_t>(tokens.size())));
        for (const int64_t token : tokens) {
            for (int i = 0; i < 192; i++) {
                expected.push_back(
                    0 <= token && token < 7 ? (*table)[token * 192 + i] : std::nanf(""));
            }
        }
        return same("rows", out, expected, quiet);
    }});
}

void add_cases() {
    for (const int width : {192, 1088, 2112}) {
        const std::string wide = " of " + std::to_string(width);
        add_norm_mix("norm mix, step" + wide, kStep, width, kMixes, true);
        add_norm_mix("norm mix, prompts" + wide, kPrompts, width, 1, width != 192);
        add_last_norm("last norm" + wide, kPrompts, width);
        add_float_norms("norms as floats, step" + wide, kStep, width, kMixes, true);
        add_float_norms("norms as floats, prompts" + wide, kPrompts, width, 1, width != 192);
    }
    for (const bool first_layer : {true, false}) {
        add_time_mix("time mix, step", kStep, 3, first_layer);
        add_time_mix("time mix, prompts", kPrompts, 2, first_layer);
    }
    add_bytes("bytes", 4, 200, 208);
    add_bytes("many bytes", 2, 1000, 1008);
    for (const int rows : {1, 17, 70}) {
        const std::string many = ", " + std::to_string(rows) + " rows";
        add_products<false>("products" + many, rows, {{192, 192}, {16, 2304}, {64, 320}});
        add_products<true>("products of unsigned bytes" + many, rows, {{48, 224}});
        add_low_rank("low-rank products" + many, rows, 192, {32, 80, 592, 16});
    }
    for (const int rows : {1, 3, 16, 37}) {
        const std::string many = ", " + std::to_string(rows) + " rows";
        add_half_products(
            "products of 16-bit floats" + many, rows, {{192, 192}, {32, 2304}, {64, 320}}, 0, false);
        add_half_products(
            "squared positive products of 16-bit floats" + many, rows, {{64, 96}}, 0, true);
        add_half_products(
            "products of 16-bit floats, 37 columns" + many, rows, {{64, 288}}, 37, false);
    }
    add_embed();
    add_samples();
}

#ifdef RWKVTTS_EMULATION
/**
 * Whether without a barrier a case that meets it yields something else in some schedule, or crashes or
 * hangs, for which it has a process of its own.
 */
bool noticed(const Case& one, emulation::Barrier barrier) {
    constexpr rlimit kMostSeconds{3, 3};
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        // What the emulation says of it is what is wanted here.
        close(STDERR_FILENO);
        setrlimit(RLIMIT_CPU, &kMostSeconds);
        emulation::settings.left_out = barrier;
        bool agrees = true;
        for (int schedule = 0; agrees && schedule < emulation::kSchedules; schedule++) {
            emulation::settings.schedule = schedule;
            agrees = one.agrees(true);
        }
        _exit(agrees ? 0 : 1);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        std::perror("a process for a case");
        std::exit(1);
    }
    return status != 0;
}

/** Whether each case agrees in every schedule. */
bool all_agree() {
    for (int schedule = 0; schedule < emulation::kSchedules; schedule++) {
        emulation::settings.schedule = schedule;
        for (const Case& one : cases) {
            if (!one.agrees(false)) {
                std::printf("%s: other bits than the CPU's in schedule %d\n", one.name.c_str(),
                    schedule);
                return false;
            }
        }
    }
    return true;
}

/** Whether each barrier is missed when it is left out. */
bool all_barriers_count() {
    std::set<emulation::Barrier> all, found;
    for (const Case& one : cases) {
        std::set<emulation::Barrier> met;
        emulation::settings = {};
        emulation::settings.met = &met;
        one.agrees(true);
        emulation::settings.met = nullptr;
        for (const emulation::Barrier& barrier : met) {
            all.insert(barrier);
            if (found.count(barrier) == 0 && noticed(one, barrier)) {
                found.insert(barrier);
            }
        }
    }
    for (const emulation::Barrier& barrier : all) {
        if (found.count(barrier) == 0) {
            std::printf("nothing notices that the barrier of line %d is missing in a kernel\n",
                barrier.second);
        }
    }
    std::printf("CUDA kernels, emulated: %zu cases with the CPU's bits in %d schedules; %zu of %zu barriers missed when left out\n",
        cases.size(), emulation::kSchedules, found.size(), all.size());
    return found.size() == all.size();
}
#else
/** Whether each case agrees, several times: a race need not show at once. */
bool all_agree() {
    constexpr int kTimes = 20;
    for (const Case& one : cases) {
        for (int i = 0; i < kTimes; i++) {
            if (!one.agrees(false)) {
                std::printf("%s: other bits than the CPU's\n", one.name.c_str());
                return false;
            }
        }
    }
    std::printf("CUDA kernels: %zu cases with the CPU's bits\n", cases.size());
    return true;
}

bool all_barriers_count() { return true; }
#endif

}  // namespace

int main() {
    add_cases();
    return all_agree() && all_barriers_count() ? 0 : 1;
}
