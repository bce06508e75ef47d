// The operators of the domain io.rwkvtts, as a library that ONNX Runtime loads: a layer of the
// network, and the head. An operator takes the pointers out of its call and shares the work among
// ONNX Runtime's threads, stage by stage; what is computed is in kernels.cc.

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "custom_op.h"
#include "kernels.h"
#include "scratch.h"
#include "thread_choice.h"

namespace {

using namespace rwkvtts;

struct NamedKernels {
    const char* name;
    const Kernels* kernels;
};

/** The best first. */
constexpr NamedKernels kAllKernels[] = {
#ifdef __x86_64__
    {"avx512", &x86_64_v4},
    {"avx2", &x86_64_v3},
#endif
    {"baseline", &baseline}};

/**
 * The kernels for the CPU that this runs on: the best that it has, or those that the environment
 * names, so that a test can run what another CPU would. Null if that names none.
 */
const Kernels* chosen_kernels() {
    const char* const wanted = std::getenv("RWKVTTS_KERNELS");
    for (const NamedKernels& named : kAllKernels) {
        if (supported(*named.kernels) && (wanted == nullptr || !std::strcmp(wanted, named.name))) {
            return named.kernels;
        }
    }
    return nullptr;
}

const Kernels* const found_kernels = chosen_kernels();
const Kernels& kernels = found_kernels == nullptr ? baseline : *found_kernels;

// Bytes of a matrix that a thread multiplies with some rows before it asks for more.
constexpr int64_t kPart = 1 << 16;
constexpr int64_t kPartRows = 8;

// Bytes of a line of a cache.
constexpr int64_t kLine = 64;

// Sequences from which on a thread takes all heads of one.
constexpr int64_t kManySequences = 8;

/** Of the engine whose call a thread computes, layer by layer; null if it has not begun with one. */
thread_local ThreadChoice* thread_choice = nullptr;

bool takes_one_thread() { return thread_choice != nullptr && thread_choice->alone(); }

int64_t nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::steady_clock::now().time_since_epoch()).count();
}

int64_t attribute(const KernelInfo* info, const char* name) {
    int64_t value;
    check(api->attribute(info, name, &value));
    return value;
}

int64_t rounded_up(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

/**
 * Bytes from row to row. With a power of two, the rows that a product reads side by side would lie
 * in the same few lines of the nearest cache and push each other out.
 */
int64_t padded(int64_t width) { return rounded_up(width, kLine) + kLine; }

Bytes padded_bytes(Scratch& scratch, int64_t rows, int64_t width) {
    const int64_t stride = padded(width);
    return {scratch.take<uint8_t>(rows * stride), scratch.take<float>(rows), stride};
}

/** Three inputs: a matrix in blocks, the sums of its columns times 128, their scales. */
struct Matrix {
    bool nibbles;
    const int8_t* values;
    const int32_t* zeros;
    const float* scales;
    int64_t inner;
    int64_t width;

    Matrix(const Call& call, size_t input, int64_t inner, bool nibbles = false)
        : nibbles(nibbles),
          values(call.input<int8_t>(input)),
          zeros(call.input<int32_t>(input + 1)),
          scales(call.input<float>(input + 2)),
          inner(inner),
          width(call.size(input + 2, 0)) {
        Call::require(inner % (nibbles ? kGroup : kWord) == 0,
            "a product is of no whole number of words or groups");
    }

    void require(const Call& call, size_t input) const {
        const int64_t column = nibbles ? inner / 2 + inner / kGroup : inner;
        call.require_count({input}, rounded_up(width, kBlock) * column);
        call.require_count({input + 1, input + 2}, width);
    }

    int64_t blocks() const { return rounded_up(width, kBlock) / kBlock; }
};

/** A product of rows with a matrix, and what becomes of its sums. */
struct Product {
    IntegerProducts bytes;
    int64_t blocks;
    /** No output: the sums stay as they are. */
    ScaleSums scale;

    Product(const Bytes& x, const Matrix& matrix, int64_t rows, int32_t* out)
        : bytes{x.values, x.stride, rows, matrix.inner, matrix.values, matrix.nibbles, matrix.zeros,
              matrix.width, out},
          blocks(matrix.blocks()), scale{} {}

    /** Sums as floats. */
    Product(const Bytes& x, const Matrix& matrix, int64_t rows, int32_t* sums, Activation activation,
            float* out)
        : Product(x, matrix, rows, sums) {
        scale = {{sums, x.scales, matrix.scales}, matrix.width, activation, out};
    }

    void compute(int64_t block) const {
        kernels.integer_products(bytes, block);
        if (scale.out != nullptr) {
            const int64_t from = block * kBlock;
            const int64_t to = std::min(from + kBlock, scale.width);
            for (int64_t row = 0; row < bytes.rows; row++) {
                kernels.scale_sums(scale, row, from, to);
            }
        }
    }
};

/** Products of rows of one width, as one stage. */
void multiply(Worker& worker, std::initializer_list<const Product*> products) {
    int64_t blocks = 0;
    for (const Product* product : products) {
        blocks += product->blocks;
    }
    const IntegerProducts& first = (*products.begin())->bytes;
    const int64_t work = kBlock * first.inner * std::max(first.rows, kPartRows) / kPartRows;
    const int64_t together = std::max<int64_t>(1, kPart / work);
    worker.stage((blocks + together - 1) / together, [&](int64_t part) {
        const int64_t to = std::min(blocks, (part + 1) * together);
        for (int64_t i = part * together; i < to; i++) {
            int64_t block = i;
            const Product* const* product = products.begin();
            while (block >= (*product)->blocks) {
                block -= (*product++)->blocks;
            }
            (*product)->compute(block);
        }
    });
}

/** Products of floats, as one stage. */
void multiply(Worker& worker, std::initializer_list<const FloatProducts*> products) {
    const int64_t blocks = (*products.begin())->width / kBlock;
    worker.stage(blocks * products.size(), [&](int64_t part) {
        const FloatProducts* const product = products.begin()[part / blocks];
        kernels.float_products(*product, part % blocks);
    });
}

/** B sequences of T tokens each, as rows. */
struct Rows {
    int64_t count;
    int64_t sequences;
    int64_t tokens;
    const int64_t* lengths;

    Rows(const Call& call, size_t x, size_t lengths_input)
        : count(call.size(x, 0)),
          sequences(call.size(lengths_input, 0)),
          tokens(call.tokens(count, lengths_input)),
          lengths(call.input<int64_t>(lengths_input)) {
        for (int64_t i = 0; i < sequences; i++) {
            Call::require(0 <= lengths[i] && lengths[i] <= tokens, "a length is not from 0 to T");
        }
    }
};

void norm_mix(Worker& worker, const NormMix& norm, int64_t rows) {
    // Rows of a sequence that are computed together, so that few norms are computed twice.
    const int64_t together = norm.tokens == 1 ? 1 : 8;
    worker.stage((rows + together - 1) / together, [&](int64_t part) {
        const int64_t from = part * together;
        kernels.norm_mix(norm, from, std::min(rows, from + together));
    });
}

// The states of a sequence lie together, and memory is read faster in one go.
void time_mix(Worker& worker, const TimeMix& mix, int64_t sequences) {
    const int64_t together = sequences < kManySequences ? 1 : mix.heads;
    worker.stage(sequences * mix.heads / together, [&](int64_t part) {
        for (int64_t i = part * together; i < (part + 1) * together; i++) {
            kernels.time_mix(mix, i);
        }
    });
}

/**
 * A layer (spec 1.3). x and what the layer before adds to it go in, the sum of both after the time
 * mix and what the channel mix adds to that come out.
 */
struct LayerOp {
    static constexpr const char* kName = "Layer";

    enum Input : size_t {
        kX,
        kLengths,
        kShift,
        kState,
        kNorm1,            // weight, bias, mix
        kNorm2 = kNorm1 + 3,
        kVectors = kNorm2 + 3,
        kUps = kVectors + 7,
        kR = kUps + 3,     // matrices of three inputs from here on
        kK = kR + 3,
        kV = kK + 3,
        kDowns = kV + 3,
        kOut = kDowns + 9,
        kKey = kOut + 3,
        kValue = kKey + 3,
        // All layers but the first have these, too.
        kAdded = kValue + 3,  // sums with their scales
        kFirst = kAdded + 3,
        kV0,
        kV2,
        kV1,
        kInputsEnd = kV1 + 3
    };

    static constexpr ElementType kInputs[] = {
        kFloat, kInt64, kFloat, kFloat,
        kFloat, kFloat, kFloat,
        kFloat, kFloat, kFloat,
        kFloat, kFloat, kFloat, kFloat, kFloat, kFloat, kFloat,
        kFloat, kFloat, kFloat,
        kInt8, kInt32, kFloat, kInt8, kInt32, kFloat, kInt8, kInt32, kFloat,
        kInt8, kInt32, kFloat, kInt8, kInt32, kFloat, kInt8, kInt32, kFloat,
        kInt8, kInt32, kFloat, kInt8, kInt32, kFloat, kInt8, kInt32, kFloat,
        kInt32, kFloat, kFloat,
        kFloat, kFloat, kFloat,
        kInt8, kInt32, kFloat};
    static_assert(sizeof kInputs / sizeof *kInputs == kInputsEnd);
    static constexpr size_t kRequiredInputs = kAdded;

    // x, sums, scales of their rows, shifts, state, memory that nobody reads, value of layer 0.
    static constexpr ElementType kOutputs[] = {
        kFloat, kInt32, kFloat, kFloat, kFloat, kUint8, kFloat};
    static constexpr size_t kRequiredOutputs = 6;

    /** Which layer it is. */
    int64_t layer;
    /** Whether the large matrices are of nibbles. */
    bool nibbles;
    CheckedSizes checked;
    /** That of layer 0 is the engine's. */
    mutable ThreadChoice choice;

    explicit LayerOp(const KernelInfo* info)
        : layer(attribute(info, "layer")), nibbles(attribute(info, "nibbles") != 0) {}

    void compute(const Call& call) const {
        const Rows rows(call, kX, kLengths);
        const int64_t width = call.size(kX, 1);
        const int64_t stride = call.size(kShift, 1);
        const int64_t heads = width / kHead;
        const bool residual = call.has(kFirst);
        const Matrix r(call, kR, width, nibbles), k(call, kK, width, nibbles);
        const Matrix v(call, kV, width, nibbles), out(call, kOut, width, nibbles);
        const Matrix key(call, kKey, width, nibbles), value(call, kValue, key.width, nibbles);
        const Matrix w1(call, kDowns, width), a1(call, kDowns + 3, width);
        const Matrix g1(call, kDowns + 6, width);
        const Matrix v1 = residual ? Matrix(call, kV1, width) : w1;
        checked.once(rows.count, rows.sequences, [&] {
            Call::require(width % kHead == 0, "the width is no whole number of heads");
            Call::require(r.width == width && k.width == width && v.width == width
                    && out.width == width && value.width == width,
                "a matrix is not as wide as the model");
            call.require_count({kX}, rows.count * width);
            call.require_count({kShift}, rows.sequences * stride);
            Call::require(0 <= layer && 2 * (layer + 1) * width <= stride,
                "the layer is not in the shift");
            call.require_count({kState}, rows.sequences * width * kHead);
            call.require_count({kNorm1, kNorm1 + 1, kNorm2, kNorm2 + 1, kNorm2 + 2}, width);
            call.require_count({kNorm1 + 2}, kMixes * width);
            for (size_t i = 0; i < 7; i++) {
                call.require_count({kVectors + i}, width);
            }
            r.require(call, kR);
            k.require(call, kK);
            v.require(call, kV);
            out.require(call, kOut);
            key.require(call, kKey);
            value.require(call, kValue);
            const Matrix* const downs[] = {&w1, &a1, &g1};
            for (size_t i = 0; i < 3; i++) {
                downs[i]->require(call, kDowns + 3 * i);
                call.require_count({kUps + i}, downs[i]->width * width);
            }
            if (residual) {
                call.require_sums(kAdded, rows.count, width);
                call.require_count({kFirst}, rows.count * width);
                call.require_count({kV0}, width);
                v1.require(call, kV1);
                call.require_count({kV2}, v1.width * width);
            }
        });

        Memory memory(nullptr, rows.count, width, key.width, {w1.width, a1.width, g1.width, v1.width});
        memory = Memory(call.output<uint8_t>(5, {memory.bytes}), rows.count, width, key.width,
            {w1.width, a1.width, g1.width, v1.width});
        float* const x_out = call.output<float>(0, {rows.count, width});
        int32_t* const added_out = call.output<int32_t>(1, {rows.count, width});
        const Bytes squares{
            memory.squares, call.output<float>(2, {rows.count}), padded(key.width)};
        float* const shift_out = call.output<float>(3, {rows.sequences, 2 * width});

        const float* const shift = call.input<float>(kShift) + 2 * layer * width;
        const NormMix before_time{
            {call.input<float>(kX), call.sums(kAdded), call.input<float>(kNorm1),
                call.input<float>(kNorm1 + 1), width},
            rows.tokens, rows.lengths, shift, stride, kMixes, call.input<float>(kNorm1 + 2),
            memory.sum,
            {memory.mixed[0], memory.mixed[1], memory.mixed[2], memory.mixed[3], memory.mixed[4],
                memory.mixed[5]},
            shift_out, 2 * width};
        const Bytes &xr = memory.mixed[0], &xw = memory.mixed[1], &xk = memory.mixed[2];
        const Bytes &xv = memory.mixed[3], &xa = memory.mixed[4], &xg = memory.mixed[5];
        const Product to_r(xr, r, rows.count, memory.r), to_k(xk, k, rows.count, memory.k);
        const Product to_v(xv, v, rows.count, memory.v);
        const Product to_w(
            xw, w1, rows.count, memory.low_sums[0], Activation::kTanh, memory.low[0]);
        const Product to_a(
            xa, a1, rows.count, memory.low_sums[1], Activation::kNone, memory.low[1]);
        const Product to_g(
            xg, g1, rows.count, memory.low_sums[2], Activation::kSigmoid, memory.low[2]);
        const Product to_share(
            xv, v1, rows.count, memory.low_sums[3], Activation::kNone, memory.low[3]);
        auto up = [&](int pair, const Matrix& down, const float* matrix) {
            return FloatProducts{
                memory.low[pair], rows.count, down.width, matrix, width, memory.up[pair]};
        };
        const FloatProducts decay = up(0, w1, call.input<float>(kUps));
        const FloatProducts rate = up(1, a1, call.input<float>(kUps + 1));
        const FloatProducts gate = up(2, g1, call.input<float>(kUps + 2));
        const FloatProducts share = up(3, v1, call.input<float>(kV2));

        TimeMix mix{};
        mix.tokens = rows.tokens;
        mix.heads = heads;
        mix.r = {memory.r, xr.scales, r.scales};
        mix.k = {memory.k, xk.scales, k.scales};
        mix.v = {memory.v, xv.scales, v.scales};
        mix.decay = memory.up[0];
        mix.rate = memory.up[1];
        mix.gate = memory.up[2];
        const float** const vectors[] = {&mix.w0, &mix.a0, &mix.k_k, &mix.k_a, &mix.r_k,
            &mix.norm_weight, &mix.norm_bias};
        for (size_t i = 0; i < 7; i++) {
            *vectors[i] = call.input<float>(kVectors + i);
        }
        mix.lengths = rows.lengths;
        mix.state = call.input<float>(kState);
        mix.gated = memory.gated;
        mix.new_state = call.output<float>(4, {rows.sequences, heads, kHead, kHead});
        if (residual) {
            mix.share = memory.up[3];
            mix.v0 = call.input<float>(kV0);
            mix.first = call.input<float>(kFirst);
        } else {
            mix.value = call.output<float>(6, {rows.count, width});
        }

        const QuantizeRows quantize{memory.gated, width, memory.gated_bytes};
        const Product to_out(memory.gated_bytes, out, rows.count, memory.out);
        const NormMix before_channels{
            {memory.sum, {memory.out, memory.gated_bytes.scales, out.scales},
                call.input<float>(kNorm2), call.input<float>(kNorm2 + 1), width},
            rows.tokens, rows.lengths, shift + width, stride, 1, call.input<float>(kNorm2 + 2),
            x_out, {memory.mixed[0]}, shift_out + width, 2 * width};
        const Product to_keys(xr, key, rows.count, memory.keys);
        const SquaredRelu relu{{memory.keys, xr.scales, key.scales}, key.width, squares};
        Product to_added(squares, value, rows.count, added_out);
        to_added.bytes.zeros = nullptr;

        if (layer == 0) {
            thread_choice = &choice;
            choice.begin(rows.sequences, rows.tokens, nanoseconds());
        }
        call.together(takes_one_thread(), [&](Worker& worker) {
            norm_mix(worker, before_time, rows.count);
            if (residual) {
                multiply(worker, {&to_r, &to_k, &to_v, &to_w, &to_a, &to_g, &to_share});
                multiply(worker, {&decay, &rate, &gate, &share});
            } else {
                multiply(worker, {&to_r, &to_k, &to_v, &to_w, &to_a, &to_g});
                multiply(worker, {&decay, &rate, &gate});
            }
            time_mix(worker, mix, rows.sequences);
            worker.stage(rows.count, [&](int64_t row) { kernels.quantize_row(quantize, row); });
            multiply(worker, {&to_out});
            norm_mix(worker, before_channels, rows.count);
            multiply(worker, {&to_keys});
            worker.stage(rows.count, [&](int64_t row) { kernels.squared_relu(relu, row); });
            multiply(worker, {&to_added});
        });
    }

  private:
    static constexpr int kPairs = 4;

    /** What the stages of a call leave for each other. */
    struct Memory {
        float* sum;
        Bytes mixed[kMixes];
        int32_t *r, *k, *v, *out, *keys;
        int32_t* low_sums[kPairs];
        float *low[kPairs], *up[kPairs], *gated;
        Bytes gated_bytes;
        uint8_t* squares;
        int64_t bytes;

        Memory(uint8_t* at, int64_t rows, int64_t width, int64_t hidden,
            const int64_t (&ranks)[kPairs]) {
            Scratch scratch(at);
            sum = scratch.take<float>(rows * width);
            for (Bytes& bytes : mixed) {
                bytes = padded_bytes(scratch, rows, width);
            }
            for (int32_t** sums : {&r, &k, &v, &out}) {
                *sums = scratch.take<int32_t>(rows * width);
            }
            keys = scratch.take<int32_t>(rows * hidden);
            for (int pair = 0; pair < kPairs; pair++) {
                low_sums[pair] = scratch.take<int32_t>(rows * ranks[pair]);
                low[pair] = scratch.take<float>(rows * ranks[pair]);
                up[pair] = scratch.take<float>(rows * width);
            }
            gated = scratch.take<float>(rows * width);
            gated_bytes = padded_bytes(scratch, rows, width);
            squares = scratch.take<uint8_t>(rows * padded(hidden));
            bytes = scratch.used();
        }
    };
};

/** The last norm and the head (spec 1.3): logits of the last token of each sequence. */
struct HeadOp {
    static constexpr const char* kName = "Head";

    enum Input : size_t { kX, kLengths, kNorm, kAdded = kNorm + 2, kMatrix = kAdded + 3, kInputsEnd = kMatrix + 3 };

    static constexpr ElementType kInputs[] = {
        kFloat, kInt64, kFloat, kFloat, kInt32, kFloat, kFloat, kInt8, kInt32, kFloat};
    static_assert(sizeof kInputs / sizeof *kInputs == kInputsEnd);
    static constexpr size_t kRequiredInputs = kInputsEnd;

    // Logits, memory that nobody reads.
    static constexpr ElementType kOutputs[] = {kFloat, kUint8};
    static constexpr size_t kRequiredOutputs = 2;

    CheckedSizes checked;

    explicit HeadOp(const KernelInfo*) {}

    void compute(const Call& call) const {
        const Rows rows(call, kX, kLengths);
        const int64_t width = call.size(kX, 1);
        const Matrix head(call, kMatrix, width);
        checked.once(rows.count, rows.sequences, [&] {
            call.require_count({kX}, rows.count * width);
            call.require_count({kNorm, kNorm + 1}, width);
            call.require_sums(kAdded, rows.count, width);
            head.require(call, kMatrix);
        });
        Memory memory(nullptr, rows.sequences, width, head.width);
        memory = Memory(
            call.output<uint8_t>(1, {memory.bytes}), rows.sequences, width, head.width);
        const LastNorm norm{
            {call.input<float>(kX), call.sums(kAdded), call.input<float>(kNorm),
                call.input<float>(kNorm + 1), width},
            rows.tokens, rows.lengths, memory.normed};
        const Product logits(memory.normed, head, rows.sequences, memory.sums, Activation::kNone,
            call.output<float>(0, {rows.sequences, head.width}));
        call.together(takes_one_thread(), [&](Worker& worker) {
            worker.stage(rows.sequences, [&](int64_t i) { kernels.last_norm(norm, i); });
            multiply(worker, {&logits});
        });
        if (thread_choice != nullptr) {
            thread_choice->end(nanoseconds());
            thread_choice = nullptr;
        }
    }

  private:
    struct Memory {
        Bytes normed;
        int32_t* sums;
        int64_t bytes;

        Memory(uint8_t* at, int64_t rows, int64_t width, int64_t head) {
            Scratch scratch(at);
            normed = padded_bytes(scratch, rows, width);
            sums = scratch.take<int32_t>(rows * head);
            bytes = scratch.used();
        }
    };
};

Domain* domain() {
    static const Description<LayerOp> layer(nullptr);
    static const Description<HeadOp> head(nullptr);
    static Domain* const made = make_domain("io.rwkvtts", {&layer, &head});
    return made;
}

}  // namespace

/** The function that ONNX Runtime looks for in a library of operators. */
extern "C" __attribute__((visibility("default")))
Status* RegisterCustomOps(SessionOptions* options, const ApiBase* base) {
    if (found_kernels == nullptr) {
        return base->api(1)->create_status(
            kInvalidArgument, "RWKVTTS_KERNELS: expected avx512, avx2 or baseline, and a CPU for it");
    }
    return register_domain(options, base, domain);
}
