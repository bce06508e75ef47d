// The operators of the domain io.rwkvtts, as a library that ONNX Runtime loads. An operator takes
// the pointers out of its call and shares the rows among ONNX Runtime's threads; what it computes
// is in kernels.cc.

#include "custom_op.h"
#include "kernels.h"

namespace {

using namespace rwkvtts;

/** The kernels for the CPU that this runs on. */
const Kernels& kernels = [] () -> const Kernels& {
#ifdef __x86_64__
    for (const Kernels* best : {&x86_64_v4, &x86_64_v3}) {
        if (supported(*best)) {
            return *best;
        }
    }
#endif
    return baseline;
}();

/** T, and that no length is beyond it. */
int64_t checked_tokens(const Call& call, int64_t rows, size_t lengths) {
    const int64_t tokens = call.tokens(rows, lengths);
    const int64_t* const of = call.input<int64_t>(lengths);
    for (int64_t i = 0; i < rows / tokens; i++) {
        Call::require(0 <= of[i] && of[i] <= tokens, "a length is not from 0 to T");
    }
    return tokens;
}

struct ScaleSumsOp {
    static constexpr const char* kName = "ScaleSums";
    static constexpr ElementType kInputs[] = {kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 3;
    static constexpr ElementType kOutputs[] = {kFloat};
    static constexpr size_t kRequiredOutputs = 1;

    Activation activation = Activation::kNone;
    CheckedSizes checked;

    explicit ScaleSumsOp(const KernelInfo* info) {
        int64_t number;
        check(api->attribute(info, "activation", &number));
        activation = static_cast<Activation>(number);
    }

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        checked.once(rows, 0, [&] { call.require_sums(0, rows, width); });
        const ScaleSums scale{
            call.sums(0), width, activation, call.output<float>(0, {rows, width})};
        call.each(rows, width, [&](int64_t row) { kernels.scale_sums(scale, row); });
    }
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
        call.require_count({0}, rows * width);
        const QuantizeRows quantize{call.input<float>(0), width, call.bytes(0, rows, width)};
        call.each(rows, width, [&](int64_t row) { kernels.quantize_row(quantize, row); });
    }
};

struct SquaredReluOp {
    static constexpr const char* kName = "SquaredRelu";
    static constexpr ElementType kInputs[] = {kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 3;
    static constexpr ElementType kOutputs[] = {kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 2;

    CheckedSizes checked;

    explicit SquaredReluOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        checked.once(rows, 0, [&] { call.require_sums(0, rows, width); });
        const SquaredRelu relu{call.sums(0), width, call.bytes(0, rows, width)};
        call.each(rows, width, [&](int64_t row) { kernels.squared_relu(relu, row); });
    }
};

/** Inputs: x, weight, bias, lengths, shift, mix, and sums unless there is nothing to be added. */
struct NormMixOp {
    static constexpr const char* kName = "NormMix";
    static constexpr ElementType kInputs[] = {
        kFloat, kFloat, kFloat, kInt64, kFloat, kFloat, kInt32, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 6;
    // The bytes and scales that it is not to make are left out.
    static constexpr size_t kRequiredOutputs = 4;
    static constexpr ElementType kOutputs[] = {
        kFloat, kFloat, kUint8, kFloat, kUint8, kFloat, kUint8,
        kFloat, kUint8, kFloat, kUint8, kFloat, kUint8, kFloat};

    // Rows of a sequence that are computed together, so that few norms are computed twice.
    static constexpr int64_t kRowsAtOnce = 8;

    /** Which part of the shift is meant, in widths. */
    int64_t place;
    CheckedSizes checked;

    explicit NormMixOp(const KernelInfo* info) { check(api->attribute(info, "place", &place)); }

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(3, 0);
        const int64_t stride = call.size(4, 1);
        const int64_t mixes = call.size(5, 0);
        checked.once(rows, sequences, [&] {
            call.require_count({0}, rows * width);
            call.require_count({1, 2}, width);
            call.require_count({3}, sequences);
            call.require_count({4}, sequences * stride);
            Call::require(0 <= place && (place + 1) * width <= stride, "the place is not in the shift");
            call.require_count({5}, mixes * width);
            Call::require(mixes <= kMixes, "too many mixes");
            if (call.has(6)) {
                call.require_sums(6, rows, width);
            }
        });
        NormMix norm{};
        norm.norm = {
            call.input<float>(0), call.sums(6), call.input<float>(1), call.input<float>(2), width};
        norm.tokens = checked_tokens(call, rows, 3);
        norm.lengths = call.input<int64_t>(3);
        norm.shift = call.input<float>(4) + place * width;
        norm.shift_stride = stride;
        norm.mix = call.input<float>(5);
        norm.mixes = static_cast<int>(mixes);
        norm.sum = call.output<float>(0, {rows, width});
        norm.new_shift = call.output<float>(1, {sequences, width});
        for (int m = 0; m < norm.mixes; m++) {
            norm.mixed[m] = call.bytes(2 + 2 * m, rows, width);
        }
        const int64_t together = norm.tokens == 1 ? 1 : kRowsAtOnce;
        const int64_t groups = (rows + together - 1) / together;
        call.each(groups, together * width * norm.mixes, [&](int64_t group) {
            const int64_t from = group * together;
            const int64_t to = from + together;
            kernels.norm_mix(norm, from, to < rows ? to : rows);
        });
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
        checked.once(rows, sequences, [&] {
            call.require_count({0}, rows * width);
            call.require_count({1, 2}, width);
            call.require_count({3}, sequences);
            call.require_sums(4, rows, width);
        });
        const LastNorm norm{
            {call.input<float>(0), call.sums(4), call.input<float>(1), call.input<float>(2), width},
            checked_tokens(call, rows, 3),
            call.input<int64_t>(3),
            call.bytes(0, sequences, width)};
        call.each(sequences, width, [&](int64_t sequence) { kernels.last_norm(norm, sequence); });
    }
};

/** The inputs in the order of compute(); the last three are those of the value residual. */
struct TimeMixOp {
    static constexpr const char* kName = "TimeMix";
    static constexpr ElementType kInputs[] = {
        kInt32, kFloat, kFloat, kInt32, kFloat, kFloat, kInt32, kFloat, kFloat,
        kFloat, kFloat, kFloat,
        kFloat, kFloat, kFloat, kFloat, kFloat, kFloat, kFloat,
        kInt64, kFloat,
        kFloat, kFloat, kFloat};
    static constexpr size_t kRequiredInputs = 21;
    static constexpr ElementType kOutputs[] = {kFloat, kFloat, kFloat};
    static constexpr size_t kRequiredOutputs = 2;

    CheckedSizes checked;

    explicit TimeMixOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const int64_t rows = call.size(0, 0);
        const int64_t width = call.size(0, 1);
        const int64_t sequences = call.size(19, 0);
        const int64_t heads = width / kHead;
        TimeMix mix{};
        checked.once(rows, sequences, [&] {
            Call::require(width % kHead == 0, "the width is no whole number of heads");
            call.require_sums(0, rows, width);
            call.require_sums(3, rows, width);
            call.require_sums(6, rows, width);
            call.require_count({9, 10, 11}, rows * width);
            call.require_count({12, 13, 14, 15, 16, 17, 18}, width);
            call.require_count({19}, sequences);
            call.require_count({20}, sequences * width * kHead);
            if (call.has(23)) {
                call.require_count({21, 23}, rows * width);
                call.require_count({22}, width);
            }
        });
        mix.tokens = checked_tokens(call, rows, 19);
        mix.heads = heads;
        mix.r = call.sums(0);
        mix.k = call.sums(3);
        mix.v = call.sums(6);
        mix.decay = call.input<float>(9);
        mix.rate = call.input<float>(10);
        mix.gate = call.input<float>(11);
        mix.w0 = call.input<float>(12);
        mix.a0 = call.input<float>(13);
        mix.k_k = call.input<float>(14);
        mix.k_a = call.input<float>(15);
        mix.r_k = call.input<float>(16);
        mix.norm_weight = call.input<float>(17);
        mix.norm_bias = call.input<float>(18);
        mix.lengths = call.input<int64_t>(19);
        mix.state = call.input<float>(20);
        mix.share = call.input<float>(21);
        mix.v0 = call.input<float>(22);
        mix.first = call.input<float>(23);
        mix.gated = call.output<float>(0, {rows, width});
        mix.new_state = call.output<float>(1, {sequences, heads, kHead, kHead});
        if (mix.first == nullptr) {
            mix.value = call.output<float>(2, {rows, width});
        }
        call.each(sequences * heads, mix.tokens * kHead * kHead, [&](int64_t head) {
            kernels.time_mix(mix, head);
        });
    }
};

Domain* domain() {
    static const Description<ScaleSumsOp> scale_sums(nullptr);
    static const Description<QuantizeRowsOp> quantize_rows(nullptr);
    static const Description<SquaredReluOp> squared_relu(nullptr);
    static const Description<NormMixOp> norm_mix(nullptr);
    static const Description<LastNormOp> last_norm(nullptr);
    static const Description<TimeMixOp> time_mix(nullptr);
    static Domain* const made = make_domain("io.rwkvtts",
        {&scale_sums, &quantize_rows, &squared_relu, &norm_mix, &last_norm, &time_mix});
    return made;
}

}  // namespace

/** The function that ONNX Runtime looks for in a library of operators. */
extern "C" __attribute__((visibility("default")))
Status* RegisterCustomOps(SessionOptions* options, const ApiBase* base) {
    return register_domain(options, base, domain);
}
