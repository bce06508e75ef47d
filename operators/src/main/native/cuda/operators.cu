// The operators of the domain io.rwkvtts.cuda, as a library that ONNX Runtime loads: for its CUDA
// provider (nvcc), or with the emulation of a device for its CPU provider (-DRWKVTTS_EMULATION).
//
// The input `states` [slots, floats of a slot] is written to by the operators NormMix and TimeMix,
// each to the part of a slot from its attribute `offset` on, for the slots of the call. ONNX knows
// no such inputs: whoever runs the model must give it the memory in which the states stay, and no
// part has two operators, so that it doesn't matter in which order they run.

#include <array>

#include "../custom_op.h"
#include "launches.cuh"

namespace {

using namespace rwkvtts;
using namespace rwkvtts::cuda;

/** Other providers than the CPU's have streams. */
Stream stream_of(const Call& call) {
    return kProvider == nullptr ? nullptr : static_cast<Stream>(call.stream());
}

/** Requires that a kernel was launched. */
void launched(const char* kernel, int error) {
    if (error != 0) {
        char message[96];
        std::snprintf(message, sizeof message, "%s: CUDA refused the kernel, error %d", kernel, error);
        throw Failure{api->create_status(kFail, message)};
    }
}

int64_t attribute(const KernelInfo* info, const char* name) {
    int64_t value;
    check(api->attribute(info, name, &value));
    return value;
}

/** The types of inputs or outputs one after the other. */
template <size_t... kCounts>
constexpr auto joined(const std::array<ElementType, kCounts>&... parts) {
    std::array<ElementType, (kCounts + ...)> all{};
    size_t count = 0;
    const auto append = [&](const auto& part) {
        for (const ElementType type : part) {
            all[count++] = type;
        }
    };
    (append(parts), ...);
    return all;
}

template <size_t kCount>
constexpr std::array<ElementType, kCount> repeated(ElementType type) {
    std::array<ElementType, kCount> all{};
    for (ElementType& one : all) {
        one = type;
    }
    return all;
}

/** Products of bytes, which are integers with the scales of their rows and columns. */
struct OfBytes {
    using Product = Sums;
    static constexpr std::array<ElementType, 3> kProduct = {kInt32, kFloat, kFloat};

    static Sums product(const Call& call, size_t index) { return call.sums(index); }

    static void require(const Call& call, size_t index, int64_t rows, int64_t width) {
        call.require_sums(index, rows, width);
    }
};

/** Products of floats. */
struct OfFloats {
    using Product = Floats;
    static constexpr std::array<ElementType, 1> kProduct = {kFloat};

    static Floats product(const Call& call, size_t index) { return {call.input<float>(index)}; }

    static void require(const Call& call, size_t index, int64_t rows, int64_t width) {
        call.require_count({index}, rows * width);
    }
};

/** Rows of the norms: their widths. */
void require_width(int64_t width) {
    Call::require(0 < width && width % kHead == 0 && width <= kMostWidth,
        "the width is not from 64 to 4096 or no whole number of heads");
}

/** The states of a call: three inputs from this one on, lengths, slots and states. */
class StateInputs {
  public:
    StateInputs(const Call& call, size_t lengths, int64_t rows, int64_t offset)
        : call_(call), lengths_(lengths), offset_(offset), tokens_(call.tokens(rows, lengths)) {}

    /** Requires that the part of a slot from the offset on holds that many floats. */
    void require(int64_t floats) const {
        call_.require_count({lengths_, lengths_ + 1}, call_.size(lengths_, 0));
        Call::require(0 <= offset_ && offset_ % kQuad == 0
                && offset_ + floats <= call_.size(lengths_ + 2, 1)
                && call_.size(lengths_ + 2, 1) % kQuad == 0,
            "the offset is not in a slot, or no multiple of 4");
    }

    States states() const {
        // Not in ONNX's sense an input: see the head of this file.
        float* const first = const_cast<float*>(call_.input<float>(lengths_ + 2));
        return {first + offset_, call_.size(lengths_ + 2, 1), call_.size(lengths_ + 2, 0),
            call_.input<int64_t>(lengths_ + 1), call_.input<int64_t>(lengths_),
            static_cast<int>(tokens_)};
    }

  private:
    const Call& call_;
    size_t lengths_;
    int64_t offset_;
    int64_t tokens_;
};

/** What the operators of norms and mixes require of all inputs but the last. */
void require_norm_mix(const Call& call, const StateInputs& states, int64_t width, int64_t mixes) {
    require_width(width);
    call.require_count({1, 2}, width);
    states.require(width);
    Call::require(0 < mixes && mixes <= kMixes, "there are not 1 to 6 mixes");
    call.require_count({6}, mixes * width);
}

/** Inputs: table, tokens [B, T]. */
struct EmbedOp {
    static constexpr const char* kName = "Embed";
    static constexpr ElementType kInputs[] = {kFloat, kInt64};
    static constexpr size_t kRequiredInputs = 2;
    static constexpr ElementType kOutputs[] = {kFloat};
    static constexpr size_t kRequiredOutputs = 1;

    explicit EmbedOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(1, 0) * call.size(1, 1);
        const int64_t width = call.size(0, 1);
        Call::require(rows > 0, "there are no tokens");
        const Embed a{call.input<float>(0), call.input<int64_t>(1), call.size(0, 0),
            static_cast<int>(width), call.output<float>(0, {rows, width})};
        launched("embed", launch_embed(stream_of(call), a, rows));
    }
};

/** Inputs: x, weight, bias, lengths, slots, states, mix, and sums unless nothing is to be added. */
struct NormMixOp {
    static constexpr const char* kName = "NormMix";
    static constexpr ElementType kInputs[] = {
        kFloat, kFloat, kFloat, kInt64, kInt64, kFloat, kFloat, kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 7;
    static constexpr ElementType kOutputs[] = {
        kFloat, kUint8, kFloat, kUint8, kFloat, kUint8, kFloat,
        kUint8, kFloat, kUint8, kFloat, kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 3;

    /** Of the shift in a slot. */
    int64_t offset;
    CheckedSizes checked;

    explicit NormMixOp(const KernelInfo* info) : offset(attribute(info, "offset")) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(3, 0);
        const int64_t mixes = call.size(6, 0);
        const StateInputs states(call, 3, rows, offset);
        checked.once(rows, sequences, [&] {
            require_norm_mix(call, states, width, mixes);
            if (call.has(7)) {
                call.require_sums(7, rows, width);
            }
        });
        SlotNormMix a{};
        a.norm = {
            call.input<float>(0), call.sums(7), call.input<float>(1), call.input<float>(2), width};
        a.shifts = states.states();
        a.mixes = static_cast<int>(mixes);
        a.mix = call.input<float>(6);
        a.sum = call.output<float>(0, {rows, width});
        for (int m = 0; m < a.mixes; m++) {
            const Bytes bytes = call.bytes(1 + 2 * m, rows, width);
            a.mixed[m] = bytes.values;
            a.scales[m] = bytes.scales;
        }
        launched("norm_mix", launch_norm_mix(stream_of(call), a, sequences));
    }
};

/** The same for products of floats. */
struct NormMixFloatsOp {
    static constexpr const char* kName = "NormMixFloats";
    static constexpr ElementType kInputs[] = {
        kFloat, kFloat, kFloat, kInt64, kInt64, kFloat, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 7;
    static constexpr auto kOutputs = repeated<1 + kMixes>(kFloat);
    static constexpr size_t kRequiredOutputs = 2;

    /** Of the shift in a slot. */
    int64_t offset;
    CheckedSizes checked;

    explicit NormMixFloatsOp(const KernelInfo* info) : offset(attribute(info, "offset")) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(3, 0);
        const int64_t mixes = call.size(6, 0);
        const StateInputs states(call, 3, rows, offset);
        checked.once(rows, sequences, [&] {
            require_norm_mix(call, states, width, mixes);
            if (call.has(7)) {
                OfFloats::require(call, 7, rows, width);
            }
        });
        SlotNormMixFloats a{};
        a.norm = {call.input<float>(0), OfFloats::product(call, 7), call.input<float>(1),
            call.input<float>(2), width};
        a.shifts = states.states();
        a.mixes = static_cast<int>(mixes);
        a.mix = call.input<float>(6);
        a.sum = call.output<float>(0, {rows, width});
        for (int m = 0; m < a.mixes; m++) {
            a.mixed[m] = call.output<float>(1 + m, {rows, width});
        }
        launched("norm_mix_floats", launch_norm_mix(stream_of(call), a, sequences));
    }
};

/** Inputs: x, weight, bias, lengths, sums. */
struct LastNormOp {
    static constexpr const char* kName = "LastNorm";
    static constexpr ElementType kInputs[] = {
        kFloat, kFloat, kFloat, kInt64, kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 7;
    static constexpr ElementType kOutputs[] = {kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 2;

    CheckedSizes checked;

    explicit LastNormOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(3, 0);
        const int64_t tokens = call.tokens(rows, 3);
        checked.once(rows, sequences, [&] {
            require_width(width);
            call.require_count({1, 2}, width);
            call.require_sums(4, rows, width);
        });
        const Bytes bytes = call.bytes(0, sequences, width);
        const SlotLastNorm a{
            {call.input<float>(0), call.sums(4), call.input<float>(1), call.input<float>(2), width},
            call.input<int64_t>(3), static_cast<int>(tokens), bytes.values, bytes.scales};
        launched("last_norm", launch_last_norm(stream_of(call), a, sequences));
    }
};

/** Inputs: x, weight, bias, lengths, a product of floats. */
struct LastNormFloatsOp {
    static constexpr const char* kName = "LastNormFloats";
    static constexpr ElementType kInputs[] = {kFloat, kFloat, kFloat, kInt64, kFloat};
    static constexpr size_t kRequiredInputs = 5;
    static constexpr ElementType kOutputs[] = {kFloat};
    static constexpr size_t kRequiredOutputs = 1;

    CheckedSizes checked;

    explicit LastNormFloatsOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(3, 0);
        const int64_t tokens = call.tokens(rows, 3);
        checked.once(rows, sequences, [&] {
            require_width(width);
            call.require_count({1, 2}, width);
            OfFloats::require(call, 4, rows, width);
        });
        const SlotLastNormFloats a{
            {call.input<float>(0), OfFloats::product(call, 4), call.input<float>(1),
                call.input<float>(2), width},
            call.input<int64_t>(3), static_cast<int>(tokens),
            call.output<float>(0, {sequences, width})};
        launched("last_norm_floats", launch_last_norm(stream_of(call), a, sequences));
    }
};

/**
 * Inputs: bytes [M, K] and tiles [N / 16, K / 32, 512] of a matrix, for up to 7 products; outputs:
 * their sums [M, N].
 */
struct ByteProductsOp {
    static constexpr const char* kName = "ByteProducts";
    static constexpr ElementType kInputs[] = {kUint8, kInt8, kUint8, kInt8, kUint8, kInt8, kUint8,
        kInt8, kUint8, kInt8, kUint8, kInt8, kUint8, kInt8};
    static constexpr size_t kRequiredInputs = 2;
    static constexpr ElementType kOutputs[] = {
        kInt32, kInt32, kInt32, kInt32, kInt32, kInt32, kInt32};
    static constexpr size_t kRequiredOutputs = 1;

    /** Whether bytes are those of numbers of no sign. */
    bool unsigned_bytes;
    CheckedSizes checked;

    explicit ByteProductsOp(const KernelInfo* info)
        : unsigned_bytes(attribute(info, "unsigned") != 0) {}

    void compute(const Call& call) const {
        ByteProducts a{};
        const int64_t rows = call.size(0, 0);
        a.rows = static_cast<int>(rows);
        while (a.count < kMostProducts && call.has(2 * a.count)) {
            const size_t x = 2 * a.count;
            const int64_t inner = call.size(x + 1, 1) * kTileInner;
            const int64_t width = call.size(x + 1, 0) * kTileColumns;
            checked_product(call, x, rows, inner, width);
            a.products[a.count] = {call.input<uint8_t>(x), call.input<int8_t>(x + 1),
                call.output<int32_t>(a.count, {rows, width}), static_cast<int>(inner),
                static_cast<int>(width), 0};
            a.count++;
        }
        const Stream stream = stream_of(call);
        launched("byte_products", unsigned_bytes ? launch_byte_products<true>(stream, a)
                                                 : launch_byte_products<false>(stream, a));
    }

  private:
    static void checked_product(
        const Call& call, size_t x, int64_t rows, int64_t inner, int64_t width) {
        Call::require(rows > 0 && inner > 0 && width > 0, "a product is empty");
        call.require_count({x}, rows * inner);
        call.require_count({x + 1}, inner * width);
    }
};

/**
 * Inputs: floats [M, K] and tiles [N / 8, K / 32, 256] of a matrix of 16-bit floats, N a multiple of
 * 32, for up to 7 products; outputs: these, [M, N], or [M, columns] if the attribute `columns` of an
 * only product is not 0.
 */
struct HalfProductsOp {
    static constexpr const char* kName = "HalfProducts";
    static constexpr ElementType kInputs[] = {kFloat, kFloat16, kFloat, kFloat16, kFloat, kFloat16,
        kFloat, kFloat16, kFloat, kFloat16, kFloat, kFloat16, kFloat, kFloat16};
    static constexpr size_t kRequiredInputs = 2;
    static constexpr auto kOutputs = repeated<kMostProducts>(kFloat);
    static constexpr size_t kRequiredOutputs = 1;

    bool squared_relu;
    int64_t columns;

    explicit HalfProductsOp(const KernelInfo* info)
        : squared_relu(attribute(info, "squared_relu") != 0), columns(attribute(info, "columns")) {}

    void compute(const Call& call) const {
        HalfProducts a{};
        const int64_t rows = call.size(0, 0);
        a.rows = static_cast<int>(rows);
        a.squared_relu = squared_relu;
        while (a.count < kMostProducts && call.has(2 * a.count)) {
            const size_t x = 2 * a.count;
            const int64_t inner = call.size(x + 1, 1) * kHalfInner;
            const int64_t tiles = call.size(x + 1, 0);
            const int64_t width = columns == 0 ? tiles * kHalfColumns : columns;
            Call::require(rows > 0 && inner > 0 && tiles > 0, "a product is empty");
            Call::require(tiles % kHalfTilesTogether == 0 && 0 < width
                    && width <= tiles * kHalfColumns && (columns == 0 || x == 0),
                "the columns do not fit the tiles");
            call.require_count({x}, rows * inner);
            call.require_count({x + 1}, inner * tiles * kHalfColumns);
            a.products[a.count] = {call.input<float>(x), call.input<uint16_t>(x + 1),
                call.output<float>(a.count, {rows, width}), static_cast<int>(inner),
                static_cast<int>(width), static_cast<int>(tiles), 0};
            a.count++;
        }
        launched("half_products", launch_half_products(stream_of(call), a));
    }
};

/**
 * Inputs: sums and a matrix [rank, width] for each of decay, rate and gate, and of the share of the
 * value residual unless there is none; outputs: these, [M, width].
 */
template <typename Of>
struct LowRankUpOp {
    static constexpr size_t kPair = Of::kProduct.size() + 1;
    static constexpr size_t kMatrix = Of::kProduct.size();
    static constexpr auto kOfPair = joined(Of::kProduct, repeated<1>(kFloat));
    static constexpr auto kInputs = joined(kOfPair, kOfPair, kOfPair, kOfPair);
    static constexpr size_t kRequiredInputs = 3 * kPair;
    static constexpr ElementType kOutputs[] = {kFloat, kFloat, kFloat, kFloat};
    static constexpr size_t kRequiredOutputs = 3;

    static constexpr Activation kActivations[kMostPairs] = {
        Activation::kTanh, Activation::kNone, Activation::kSigmoid, Activation::kNone};

    CheckedSizes checked;

    explicit LowRankUpOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(kMatrix, 1);
        const size_t pairs = call.has(3 * kPair) ? kMostPairs : kMostPairs - 1;
        checked.once(rows, 0, [&] {
            require_width(width);
            for (size_t i = 0; i < pairs; i++) {
                const int64_t rank = call.size(kPair * i + kMatrix, 0);
                Of::require(call, kPair * i, rows, rank);
                call.require_count({kPair * i + kMatrix}, rank * width);
            }
        });
        LowRanksOf<typename Of::Product> a{};
        a.rows = static_cast<int>(rows);
        a.width = static_cast<int>(width);
        for (size_t i = 0; i < pairs; i++) {
            const size_t matrix = kPair * i + kMatrix;
            a.pairs[i] = {Of::product(call, kPair * i), call.input<float>(matrix),
                static_cast<int>(call.size(matrix, 0)), kActivations[i],
                call.output<float>(i, {rows, width})};
        }
        launched("low_rank_up", launch_low_rank_up(stream_of(call), a, static_cast<int>(pairs)));
    }
};

struct LowRankUpBytesOp : LowRankUpOp<OfBytes> {
    static constexpr const char* kName = "LowRankUp";
    using LowRankUpOp::LowRankUpOp;
};

struct LowRankUpFloatsOp : LowRankUpOp<OfFloats> {
    static constexpr const char* kName = "LowRankUpFloats";
    using LowRankUpOp::LowRankUpOp;
};

/**
 * Inputs: sums of r, k and v; decay, rate and gate; the seven vectors; lengths, slots and states;
 * the share, v0 and value of layer 0, unless this is layer 0, which has the value as an output.
 */
template <typename Of>
struct TimeMixOp {
    static constexpr size_t kK = Of::kProduct.size();
    static constexpr size_t kV = 2 * kK;
    static constexpr size_t kUps = 3 * kK;
    static constexpr size_t kVectors = kUps + 3;
    static constexpr size_t kLengths = kVectors + 7;
    static constexpr size_t kShare = kLengths + 3;
    static constexpr auto kInputs = joined(Of::kProduct, Of::kProduct, Of::kProduct,
        repeated<10>(kFloat), repeated<2>(kInt64), repeated<1>(kFloat), repeated<3>(kFloat));
    static constexpr size_t kRequiredInputs = kShare;
    static constexpr ElementType kOutputs[] = {kFloat, kFloat};
    static constexpr size_t kRequiredOutputs = 1;

    /** Of the matrix state in a slot. */
    int64_t offset;
    CheckedSizes checked;

    explicit TimeMixOp(const KernelInfo* info) : offset(attribute(info, "offset")) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(kLengths, 0);
        const StateInputs states(call, kLengths, rows, offset);
        checked.once(rows, sequences, [&] {
            require_width(width);
            for (const size_t product : {size_t{0}, kK, kV}) {
                Of::require(call, product, rows, width);
            }
            for (size_t up = kUps; up < kVectors; up++) {
                call.require_count({up}, rows * width);
            }
            for (size_t vector = kVectors; vector < kLengths; vector++) {
                call.require_count({vector}, width);
            }
            states.require(width * kHead);
            if (call.has(kShare + 2)) {
                call.require_count({kShare, kShare + 2}, rows * width);
                call.require_count({kShare + 1}, width);
            }
        });
        SlotTimeMixOf<typename Of::Product> a{};
        a.heads = static_cast<int>(width / kHead);
        a.r = Of::product(call, 0);
        a.k = Of::product(call, kK);
        a.v = Of::product(call, kV);
        const float** const floats[] = {&a.decay, &a.rate, &a.gate, &a.w0, &a.a0, &a.k_k, &a.k_a,
            &a.r_k, &a.norm_weight, &a.norm_bias};
        for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
            *floats[i] = call.input<float>(kUps + i);
        }
        a.states = states.states();
        a.share = call.input<float>(kShare);
        a.v0 = call.input<float>(kShare + 1);
        a.first = call.input<float>(kShare + 2);
        a.gated = call.output<float>(0, {rows, width});
        if (a.first == nullptr) {
            a.value = call.output<float>(1, {rows, width});
        }
        launched("time_mix", launch_time_mix(stream_of(call), a, sequences));
    }
};

struct TimeMixBytesOp : TimeMixOp<OfBytes> {
    static constexpr const char* kName = "TimeMix";
    using TimeMixOp::TimeMixOp;
};

struct TimeMixFloatsOp : TimeMixOp<OfFloats> {
    static constexpr const char* kName = "TimeMixFloats";
    using TimeMixOp::TimeMixOp;
};

struct QuantizeRowsOp {
    static constexpr const char* kName = "QuantizeRows";
    static constexpr ElementType kInputs[] = {kFloat};
    static constexpr size_t kRequiredInputs = 1;
    static constexpr ElementType kOutputs[] = {kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 2;

    explicit QuantizeRowsOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t stride = divided_up(width, kTileInner) * kTileInner;
        Call::require(rows > 0, "there are no rows");
        const Bytes bytes = call.bytes(0, rows, stride);
        const RowBytes a{call.input<float>(0), static_cast<int>(width),
            {bytes.values, bytes.scales, static_cast<int>(stride)}};
        launched("quantize_rows", launch_quantize_rows(stream_of(call), a, rows));
    }
};

/** Inputs: sums [M, N], of which as many columns count as they have scales. */
struct SquaredReluOp {
    static constexpr const char* kName = "SquaredRelu";
    static constexpr ElementType kInputs[] = {kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 3;
    static constexpr ElementType kOutputs[] = {kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 2;

    explicit SquaredReluOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(2, 0);
        const int64_t stride = divided_up(width, kTileInner) * kTileInner;
        call.require_count({1}, rows);
        Call::require(rows > 0 && width <= call.size(0, 1), "there are more scales than sums");
        const Bytes bytes = call.bytes(0, rows, stride);
        const ReluBytes a{call.sums(0), static_cast<int>(call.size(0, 1)), static_cast<int>(width),
            {bytes.values, bytes.scales, static_cast<int>(stride)}};
        launched("squared_relu", launch_squared_relu(stream_of(call), a, rows));
    }
};

/** Inputs: sums [M, N], of which as many columns count as they have scales. */
struct ScaleSumsOp {
    static constexpr const char* kName = "ScaleSums";
    static constexpr ElementType kInputs[] = {kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 3;
    static constexpr ElementType kOutputs[] = {kFloat};
    static constexpr size_t kRequiredOutputs = 1;

    explicit ScaleSumsOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(2, 0);
        call.require_count({1}, rows);
        Call::require(rows > 0 && width <= call.size(0, 1), "there are more scales than sums");
        const RowSums a{call.sums(0), static_cast<int>(call.size(0, 1)), static_cast<int>(width),
            call.output<float>(0, {rows, width})};
        launched("scale_sums", launch_scale_sums(stream_of(call), a, rows));
    }
};

Domain* domain() {
    static const Description<EmbedOp> embed_op(kProvider);
    static const Description<NormMixOp> norm_mix_op(kProvider);
    static const Description<LastNormOp> last_norm_op(kProvider);
    static const Description<ByteProductsOp> byte_products_op(kProvider);
    static const Description<LowRankUpBytesOp> low_rank_up_op(kProvider);
    static const Description<TimeMixBytesOp> time_mix_op(kProvider);
    static const Description<QuantizeRowsOp> quantize_rows_op(kProvider);
    static const Description<SquaredReluOp> squared_relu_op(kProvider);
    static const Description<ScaleSumsOp> scale_sums_op(kProvider);
    static const Description<NormMixFloatsOp> norm_mix_floats_op(kProvider);
    static const Description<LastNormFloatsOp> last_norm_floats_op(kProvider);
    static const Description<HalfProductsOp> half_products_op(kProvider);
    static const Description<LowRankUpFloatsOp> low_rank_up_floats_op(kProvider);
    static const Description<TimeMixFloatsOp> time_mix_floats_op(kProvider);
    static Domain* const made = make_domain("io.rwkvtts.cuda",
        {&embed_op, &norm_mix_op, &last_norm_op, &byte_products_op, &low_rank_up_op, &time_mix_op,
            &quantize_rows_op, &squared_relu_op, &scale_sums_op, &norm_mix_floats_op,
            &last_norm_floats_op, &half_products_op, &low_rank_up_floats_op, &time_mix_floats_op});
    return made;
}

}  // namespace

/** The function that ONNX Runtime looks for in a library of operators. */
extern "C" __attribute__((visibility("default")))
Status* RegisterCustomOps(SessionOptions* options, const ApiBase* base) {
    return register_domain(options, base, domain);
}
