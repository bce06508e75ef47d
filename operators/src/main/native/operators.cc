// The operators of the domain io.rwkvtts, as a library that ONNX Runtime loads. An operator takes
// the pointers out of its call and shares the rows among ONNX Runtime's threads; what it computes
// is in kernels.cc.

#include <atomic>
#include <cstdio>
#include <initializer_list>
#include <new>

#include "kernels.h"
#include "onnxruntime_abi.h"

namespace {

using namespace onnxruntime_abi;
using namespace rwkvtts;

const Api* api;

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

// Fewer numbers than this are computed before another thread has heard of them.
constexpr int64_t kFewNumbers = 4096;

/** What ONNX Runtime is told of a call that failed. */
struct Failure {
    Status* status;
};

void check(Status* status) {
    if (status != nullptr) {
        throw Failure{status};
    }
}

/** Does something on behalf of ONNX Runtime, which knows no exceptions. */
template <typename Body>
Status* guarded(const Body& body) {
    try {
        body();
        return nullptr;
    } catch (const Failure& failure) {
        return failure.status;
    } catch (const std::bad_alloc&) {
        return api->create_status(kFail, "out of memory");
    } catch (...) {
        return api->create_status(kFail, "an operator failed");
    }
}

/** One call of an operator. */
class Call {
  public:
    explicit Call(KernelContext* context) : context_(context) {
        check(api->input_count(context, &inputs_));
    }

    /** The numbers of an input, null if it was left out. */
    template <typename Number>
    const Number* input(size_t index) const {
        const Value* value = value_of(index);
        if (value == nullptr) {
            return nullptr;
        }
        void* data;
        check(api->data(const_cast<Value*>(value), &data));
        return static_cast<const Number*>(data);
    }

    /** Three inputs from this one on. */
    Sums sums(size_t index) const {
        return {input<int32_t>(index), input<float>(index + 1), input<float>(index + 2)};
    }

    /** Whether an input was given. */
    bool has(size_t index) const { return value_of(index) != nullptr; }

    /** Requires that each of some inputs holds this many numbers: the kernels trust in it. */
    void require_count(std::initializer_list<size_t> indices, int64_t expected) const {
        for (const size_t index : indices) {
            const int64_t found = has(index) ? count(index) : 0;
            if (found != expected) {
                char message[96];
                std::snprintf(message, sizeof message, "input %zu holds %lld numbers, expected %lld",
                    index, static_cast<long long>(found), static_cast<long long>(expected));
                require(false, message);
            }
        }
    }

    /** The same for sums and their scales, from this input on. */
    void require_sums(size_t index, int64_t rows, int64_t width) const {
        require_count({index}, rows * width);
        require_count({index + 1}, rows);
        require_count({index + 2}, width);
    }

    /** T of [B·T, width] rows: the same for each of B sequences, of which none is longer. */
    int64_t tokens(int64_t rows, size_t lengths) const {
        const int64_t sequences = size(lengths, 0);
        require(sequences > 0 && rows > 0 && rows % sequences == 0, "rows are not B times T");
        const int64_t tokens = rows / sequences;
        const int64_t* const of = input<int64_t>(lengths);
        for (int64_t i = 0; i < sequences; i++) {
            require(0 <= of[i] && of[i] <= tokens, "a length is not from 0 to T");
        }
        return tokens;
    }

    static void require(bool condition, const char* otherwise) {
        if (!condition) {
            throw Failure{api->create_status(kInvalidArgument, otherwise)};
        }
    }

    /** The size of an input's dimension. */
    int64_t size(size_t index, size_t dimension) const {
        const Sizes sizes = sizes_of(index);
        require(dimension < sizes.count, "an input lacks a dimension");
        return sizes.of[dimension];
    }

    template <typename Number>
    Number* output(size_t index, std::initializer_list<int64_t> sizes) const {
        Value* value = nullptr;
        check(api->output(context_, index, sizes.begin(), sizes.size(), &value));
        require(value != nullptr, "the node lacks an output");
        void* data;
        check(api->data(value, &data));
        return static_cast<Number*>(data);
    }

    /** Two outputs from this one on. */
    Bytes bytes(size_t index, int64_t rows, int64_t width) const {
        return {output<uint8_t>(index, {rows, width}), output<float>(index + 1, {rows})};
    }

    /** Does body(0) to body(count - 1), on several threads if that pays for that many numbers each. */
    template <typename Body>
    void each(int64_t count, int64_t numbers, const Body& body) const {
        if (count == 1 || count * numbers <= kFewNumbers) {
            for (int64_t i = 0; i < count; i++) {
                body(i);
            }
            return;
        }
        // The threads are not ours: an exception must not reach them.
        struct Task {
            const Body& body;
            std::atomic<bool> failed{false};
        } task{body};
        check(api->parallel_for(
            context_,
            [](void* data, size_t i) {
                Task& task = *static_cast<Task*>(data);
                try {
                    task.body(i);
                } catch (...) {
                    task.failed = true;
                }
            },
            count, 0, &task));
        if (task.failed) {
            throw std::bad_alloc();
        }
    }

  private:
    static constexpr size_t kMostDimensions = 4;

    struct Sizes {
        int64_t of[kMostDimensions];
        size_t count;
    };

    Sizes sizes_of(size_t index) const {
        Shape* shape;
        check(api->shape(value_of(index), &shape));
        Sizes sizes{};
        Status* status = api->dimension_count(shape, &sizes.count);
        if (status == nullptr && sizes.count <= kMostDimensions) {
            status = api->dimensions(shape, sizes.of, sizes.count);
        }
        api->release_shape(shape);
        check(status);
        require(sizes.count <= kMostDimensions, "an input has too many dimensions");
        return sizes;
    }

    int64_t count(size_t index) const {
        const Sizes sizes = sizes_of(index);
        int64_t count = 1;
        for (size_t i = 0; i < sizes.count; i++) {
            count *= sizes.of[i];
        }
        return count;
    }

    const Value* value_of(size_t index) const {
        const Value* value = nullptr;
        if (index < inputs_) {
            check(api->input(context_, index, &value));
        }
        return value;
    }

    KernelContext* context_;
    size_t inputs_;
};

/**
 * The rows and sequences that a kernel last checked its inputs for. A model has the same widths at
 * every call, so the steps of an unchanged batch need not look at them again.
 */
class CheckedSizes {
  public:
    template <typename Check>
    void once(int64_t rows, int64_t sequences, const Check& inputs) const {
        const int64_t sizes = rows << 32 | sequences;
        // Calls of several threads may check the same sizes twice, which does no harm.
        if (checked_.load(std::memory_order_relaxed) != sizes) {
            inputs();
            checked_.store(sizes, std::memory_order_relaxed);
        }
    }

  private:
    mutable std::atomic<int64_t> checked_{-1};
};

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
        norm.tokens = call.tokens(rows, 3);
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
            call.tokens(rows, 3),
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
        mix.tokens = call.tokens(rows, 19);
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

/** What ONNX Runtime wants to know of an operator. */
template <typename Op>
struct Description : CustomOp {
    Description() : CustomOp{} {
        version = kVersion;
        name = [](const CustomOp*) { return Op::kName; };
        provider = [](const CustomOp*) -> const char* { return nullptr; };
        input_type = [](const CustomOp*, size_t i) { return Op::kInputs[i]; };
        input_type_count = [](const CustomOp*) {
            return sizeof Op::kInputs / sizeof *Op::kInputs;
        };
        output_type = [](const CustomOp*, size_t i) { return Op::kOutputs[i]; };
        output_type_count = [](const CustomOp*) {
            return sizeof Op::kOutputs / sizeof *Op::kOutputs;
        };
        input_characteristic = [](const CustomOp*, size_t i) {
            return i < Op::kRequiredInputs ? kRequired : kOptional;
        };
        output_characteristic = [](const CustomOp*, size_t i) {
            return i < Op::kRequiredOutputs ? kRequired : kOptional;
        };
        input_memory = [](const CustomOp*, size_t) { return kDefaultMemory; };
        variadic_input_minimum = [](const CustomOp*) { return 0; };
        variadic_input_homogeneous = [](const CustomOp*) { return 0; };
        variadic_output_minimum = [](const CustomOp*) { return 0; };
        variadic_output_homogeneous = [](const CustomOp*) { return 0; };
        first_version = [](const CustomOp*) { return 1; };
        last_version = [](const CustomOp*) { return 1; };
        create_kernel = [](const CustomOp*, const Api*, const KernelInfo* info, void** kernel) {
            return guarded([&] { *kernel = new Op(info); });
        };
        compute = [](void* kernel, KernelContext* context) {
            return guarded([&] { static_cast<Op*>(kernel)->compute(Call(context)); });
        };
        destroy = [](void* kernel) { delete static_cast<Op*>(kernel); };
    }
};

/** The operators, as long as the process lives: sessions refer to them. */
Domain* domain() {
    static const Description<ScaleSumsOp> scale_sums;
    static const Description<QuantizeRowsOp> quantize_rows;
    static const Description<SquaredReluOp> squared_relu;
    static const Description<NormMixOp> norm_mix;
    static const Description<LastNormOp> last_norm;
    static const Description<TimeMixOp> time_mix;
    static Domain* const made = [] {
        Domain* domain;
        check(api->create_domain("io.rwkvtts", &domain));
        const CustomOp* const operators[] = {&scale_sums, &quantize_rows, &squared_relu,
            &norm_mix, &last_norm, &time_mix};
        for (const CustomOp* op : operators) {
            check(api->add_operator(domain, op));
        }
        return domain;
    }();
    return made;
}

}  // namespace

/** The function that ONNX Runtime looks for in a library of operators. */
extern "C" __attribute__((visibility("default")))
Status* RegisterCustomOps(SessionOptions* options, const ApiBase* base) {
    // Java registers one session at a time; threads of earlier ones read this.
    if (api == nullptr) {
        api = base->api(kVersion);
    }
    if (api == nullptr) {
        return base->api(1)->create_status(kFail, "ONNX Runtime is older than 1.17");
    }
    return guarded([&] { check(api->add_domain(options, domain())); });
}
