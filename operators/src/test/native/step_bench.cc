// A step of a whole model by the kernels alone, without ONNX Runtime: how long it takes on a card as
// a CUDA graph, beside the time of a copy of as many bytes; and that a row has the same bits in
// every batch. The weights are random, of the shape of 0.4 billion. Emulated, with a small shape,
// it shows that all kernels of a step fit together.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "../../main/native/cuda/launches.cuh"
#include "device_memory.h"

using namespace rwkvtts;
using namespace rwkvtts::cuda;

namespace {

void check(const char* what, int error) {
    if (error != 0) {
        std::printf("%s: %s\n", what, error_text(error));
        std::exit(1);
    }
}

struct Shape {
    int layers, width, hidden, head;
    /** Of decay, rate, gate and value residual; whole tiles. */
    int ranks[kMostPairs];
    int vocabulary, slots;
};

#ifdef RWKVTTS_EMULATION
constexpr Shape kShape{2, 128, 256, 160, {16, 16, 32, 16}, 100, 20};
const std::vector<int> kBatches = {1, 3, 20};
#else
constexpr Shape kShape{24, 1024, 4096, 8208, {64, 64, 128, 32}, 16384, 256};
const std::vector<int> kBatches = {1, 8, 64, 256};
#endif

uint32_t random_bits = 1;

uint32_t next_random() {
    random_bits = random_bits * 1664525u + 1013904223u;
    return random_bits >> 8;
}

/** Memory of the device, which is never freed. */
template <typename Number>
Number* on_device(size_t count) {
    void* memory = nullptr;
    check("allocating memory", allocate(&memory, sizeof(Number) * count, false));
    return static_cast<Number*>(memory);
}

template <typename Number>
Number* on_device(const std::vector<Number>& from) {
    Number* const to = on_device<Number>(from.size());
    check("copying", copy(to, from.data(), sizeof(Number) * from.size()));
    return to;
}

size_t weight_bytes;

const float* vector(size_t count, float middle, float spread) {
    std::vector<float> values(count);
    for (float& value : values) {
        value = middle + spread * (next_random() % 2001 / 1000.0f - 1);
    }
    weight_bytes += sizeof(float) * count;
    return on_device(values);
}

/** A matrix of bytes and the scales of its rows. */
struct Matrix {
    const int8_t* tiles;
    const float* scales;
    int width;
    int inner;

    Matrix(int out, int in) : width(out), inner(in) {
        std::vector<int8_t> bytes(static_cast<size_t>(out) * in);
        for (int8_t& byte : bytes) {
            byte = static_cast<int8_t>(static_cast<int>(next_random() % 255) - 127);
        }
        weight_bytes += bytes.size();
        tiles = on_device(bytes);
        scales = vector(out, 1 / (74 * std::sqrt(static_cast<float>(in))), 0);
    }
};

struct Norm {
    const float *weight, *bias, *mix;

    explicit Norm(int mixes)
        : weight(vector(kShape.width, 1, 0.1f)), bias(vector(kShape.width, 0, 0.1f)),
          mix(vector(static_cast<size_t>(mixes) * kShape.width, 0.5f, 0.5f)) {}
};

struct Layer {
    Norm attention{kMixes};
    Matrix r{kShape.width, kShape.width}, k{kShape.width, kShape.width};
    Matrix v{kShape.width, kShape.width}, out{kShape.width, kShape.width};
    std::vector<Matrix> down;
    std::vector<const float*> up;
    std::vector<const float*> vectors;
    Norm channels{1};
    Matrix key{kShape.hidden, kShape.width}, value{kShape.width, kShape.hidden};

    Layer() {
        for (const int rank : kShape.ranks) {
            down.emplace_back(rank, kShape.width);
            up.push_back(vector(static_cast<size_t>(rank) * kShape.width, 0, 0.1f));
        }
        for (int i = 0; i < 8; i++) {
            vectors.push_back(vector(kShape.width, 0.5f, 0.5f));
        }
    }
};

/** Bytes of rows with their scales. */
struct Rows {
    uint8_t* values;
    float* scales;

    explicit Rows(int width)
        : values(on_device<uint8_t>(static_cast<size_t>(kShape.slots) * width)),
          scales(on_device<float>(kShape.slots)) {}
};

int32_t* sums_of(int width) {
    return on_device<int32_t>(static_cast<size_t>(kShape.slots) * width);
}

float* floats_of(int width) {
    return on_device<float>(static_cast<size_t>(kShape.slots) * width);
}

/** A model and what a step of it needs. */
class Model {
  public:
    Model() : layers_(kShape.layers), head_(kShape.head, kShape.width), last_(1) {
        for (int i = 0; i < kMixes; i++) {
            mixed_.emplace_back(kShape.width);
        }
        for (int i = 0; i < kMostPairs; i++) {
            inner_[i] = sums_of(kShape.ranks[i]);
            ups_[i] = floats_of(kShape.width);
        }
        std::vector<int64_t> tokens, lengths, slots;
        for (int i = 0; i < kShape.slots; i++) {
            tokens.push_back(next_random() % kShape.vocabulary);
            lengths.push_back(1);
            slots.push_back(i);
        }
        tokens_ = on_device(tokens);
        lengths_ = on_device(lengths);
        slots_ = on_device(slots);
    }

    /** Launches all kernels of a step of that many rows. */
    void step(int rows, Stream stream) {
        stream_ = stream;
        rows_ = rows;
        launched(launch_embed(stream,
            {table_, tokens_, kShape.vocabulary, kShape.width, embedded_}, rows));
        const float* x = embedded_;
        Sums added{};
        for (int i = 0; i < kShape.layers; i++) {
            const Layer& layer = layers_[i];
            norm_mix(layer.attention, x, added, sums_1_, kMixes, 2 * i);
            time_mix(layer, i);
            product(gated_bytes_, layer.out, attention_);
            norm_mix(layer.channels, sums_1_,
                {attention_, gated_bytes_.scales, layer.out.scales}, sums_2_, 1, 2 * i + 1);
            product(mixed_[0], layer.key, hidden_);
            launched(launch_squared_relu(stream,
                {{hidden_, mixed_[0].scales, layer.key.scales}, kShape.hidden, kShape.hidden,
                    {relu_.values, relu_.scales, kShape.hidden}}, rows));
            product(relu_, layer.value, channels_, true);
            x = sums_2_;
            added = {channels_, relu_.scales, layer.value.scales};
        }
        launched(launch_last_norm(stream,
            {{x, added, last_.weight, last_.bias, kShape.width}, lengths_, 1,
                mixed_[0].values, mixed_[0].scales}, rows));
        product(mixed_[0], head_, head_sums_);
        launched(launch_scale_sums(stream,
            {{head_sums_, mixed_[0].scales, head_.scales}, kShape.head, kShape.head, logits_}, rows));
    }

    void clear() { check("clearing", zero(states_, sizeof(float) * slot_floats_ * kShape.slots)); }

    /** The logits of the first row. */
    std::vector<float> logits() const {
        std::vector<float> logits(kShape.head);
        check("copying", copy(logits.data(), logits_, sizeof(float) * logits.size()));
        return logits;
    }

    int launches() const { return launches_; }

    /** Read and written by a step, but for what lies between its kernels. */
    size_t bytes(int rows) const {
        return weight_bytes - sizeof(float) * kShape.vocabulary * kShape.width
            + 2 * sizeof(float) * slot_floats_ * rows;
    }

  private:
    void launched(int error) {
        check("launching a kernel", error);
        launches_++;
    }

    States states(int64_t offset) {
        return {states_ + offset, slot_floats_, kShape.slots, slots_, lengths_, 1};
    }

    void norm_mix(
        const Norm& norm, const float* x, const Sums& added, float* sum, int mixes, int place) {
        SlotNormMix a{};
        a.norm = {x, added, norm.weight, norm.bias, kShape.width};
        a.shifts = states(static_cast<int64_t>(place) * kShape.width);
        a.mixes = mixes;
        a.mix = norm.mix;
        a.sum = sum;
        for (int m = 0; m < mixes; m++) {
            a.mixed[m] = mixed_[m].values;
            a.scales[m] = mixed_[m].scales;
        }
        launched(launch_norm_mix(stream_, a, rows_));
    }

    void product(const Rows& x, const Matrix& matrix, int32_t* sums, bool unsigned_bytes = false) {
        ByteProducts a{};
        a.count = 1;
        a.rows = rows_;
        a.products[0] = {x.values, matrix.tiles, sums, matrix.inner, matrix.width, 0};
        launched(unsigned_bytes ? launch_byte_products<true>(stream_, a)
                                : launch_byte_products<false>(stream_, a));
    }

    void time_mix(const Layer& layer, int index) {
        const int pairs = index == 0 ? kMostPairs - 1 : kMostPairs;
        const Rows& x_v = mixed_[3];
        const Rows* const pair_rows[] = {&mixed_[1], &mixed_[4], &mixed_[5], &x_v};
        ByteProducts first{};
        first.rows = rows_;
        first.products[0] = {mixed_[0].values, layer.r.tiles, r_, kShape.width, kShape.width, 0};
        first.products[1] = {mixed_[2].values, layer.k.tiles, k_, kShape.width, kShape.width, 0};
        first.products[2] = {x_v.values, layer.v.tiles, v_, kShape.width, kShape.width, 0};
        LowRanks second{};
        second.rows = rows_;
        second.width = kShape.width;
        const Activation activations[] = {
            Activation::kTanh, Activation::kNone, Activation::kSigmoid, Activation::kNone};
        for (int i = 0; i < pairs; i++) {
            const Matrix& down = layer.down[i];
            first.products[3 + i] = {
                pair_rows[i]->values, down.tiles, inner_[i], down.inner, down.width, 0};
            second.pairs[i] = {{inner_[i], pair_rows[i]->scales, down.scales}, layer.up[i],
                down.width, activations[i], ups_[i]};
        }
        first.count = 3 + pairs;
        launched(launch_byte_products<false>(stream_, first));
        launched(launch_low_rank_up(stream_, second, pairs));
        SlotTimeMix a{};
        a.heads = kShape.width / kHead;
        a.r = {r_, mixed_[0].scales, layer.r.scales};
        a.k = {k_, mixed_[2].scales, layer.k.scales};
        a.v = {v_, x_v.scales, layer.v.scales};
        a.decay = ups_[0];
        a.rate = ups_[1];
        a.gate = ups_[2];
        const float** const vectors[] = {
            &a.w0, &a.a0, &a.k_k, &a.k_a, &a.r_k, &a.norm_weight, &a.norm_bias, &a.v0};
        for (int i = 0; i < 8; i++) {
            *vectors[i] = layer.vectors[i];
        }
        a.states = states(2LL * kShape.layers * kShape.width
            + static_cast<int64_t>(index) * kShape.width * kHead);
        a.share = index == 0 ? nullptr : ups_[3];
        a.first = index == 0 ? nullptr : first_value_;
        a.value = index == 0 ? first_value_ : nullptr;
        a.gated = gated_;
        launched(launch_time_mix(stream_, a, rows_));
        launched(launch_quantize_rows(stream_,
            {gated_, kShape.width, {gated_bytes_.values, gated_bytes_.scales, kShape.width}}, rows_));
    }

    std::vector<Layer> layers_;
    Matrix head_;
    Norm last_;
    const float* const table_ =
        vector(static_cast<size_t>(kShape.vocabulary) * kShape.width, 0, 1);
    const int64_t slot_floats_ =
        static_cast<int64_t>(kShape.layers) * kShape.width * (2 + kHead);
    float* const states_ = on_device<float>(slot_floats_ * kShape.slots);
    std::vector<Rows> mixed_;
    Rows gated_bytes_{kShape.width}, relu_{kShape.hidden};
    float* const embedded_ = floats_of(kShape.width);
    float* const sums_1_ = floats_of(kShape.width);
    float* const sums_2_ = floats_of(kShape.width);
    float* const gated_ = floats_of(kShape.width);
    float* const first_value_ = floats_of(kShape.width);
    float* const logits_ = floats_of(kShape.head);
    int32_t* const r_ = sums_of(kShape.width);
    int32_t* const k_ = sums_of(kShape.width);
    int32_t* const v_ = sums_of(kShape.width);
    int32_t* const attention_ = sums_of(kShape.width);
    int32_t* const channels_ = sums_of(kShape.width);
    int32_t* const hidden_ = sums_of(kShape.hidden);
    int32_t* const head_sums_ = sums_of(kShape.head);
    int32_t* inner_[kMostPairs];
    float* ups_[kMostPairs];
    int64_t *tokens_, *lengths_, *slots_;
    Stream stream_{};
    int rows_ = 0;
    int launches_ = 0;
};

/** Whether a row's logits after two steps have the same bits in every batch, and are numbers. */
bool same_in_every_batch(Model& model) {
    std::vector<float> alone;
    for (const int batch : kBatches) {
        model.clear();
        for (int step = 0; step < 2; step++) {
            model.step(batch, nullptr);
        }
        check("a step", finish());
        const std::vector<float> logits = model.logits();
        alone = alone.empty() ? logits : alone;
        if (std::memcmp(logits.data(), alone.data(), sizeof(float) * logits.size()) != 0) {
            std::printf("a row has other bits in a batch of %d than alone\n", batch);
            return false;
        }
    }
    if (!std::all_of(alone.begin(), alone.end(), [](float x) { return std::isfinite(x); })) {
        std::printf("logits are no numbers\n");
        return false;
    }
    return true;
}

#ifdef RWKVTTS_EMULATION
void measure(Model&) {}
#else
/** Milliseconds that something takes in a stream, the shortest of some turns. */
template <typename Body>
float milliseconds(Stream stream, int times, const Body& body) {
    constexpr int kTurns = 7;
    cudaEvent_t begin, end;
    check("an event", cudaEventCreate(&begin));
    check("an event", cudaEventCreate(&end));
    float shortest = INFINITY;
    for (int turn = 0; turn < kTurns; turn++) {
        check("an event", cudaEventRecord(begin, stream));
        for (int i = 0; i < times; i++) {
            body();
        }
        check("an event", cudaEventRecord(end, stream));
        check("a turn", cudaEventSynchronize(end));
        float elapsed;
        check("an event", cudaEventElapsedTime(&elapsed, begin, end));
        shortest = std::min(shortest, elapsed / times);
    }
    return shortest;
}

/** Bytes that a copy inside the device reads and writes in a millisecond. */
double copied_bytes(Stream stream) {
    constexpr size_t kBytes = size_t{1} << 30;
    uint8_t* const from = on_device<uint8_t>(kBytes);
    uint8_t* const to = on_device<uint8_t>(kBytes);
    return 2.0 * kBytes / milliseconds(stream, 10, [&] {
        check("a copy", cudaMemcpyAsync(to, from, kBytes, cudaMemcpyDeviceToDevice, stream));
    });
}

void measure(Model& model) {
    cudaDeviceProp device;
    check("the device", cudaGetDeviceProperties(&device, 0));
    Stream stream;
    check("a stream", cudaStreamCreate(&stream));
    const double per_ms = copied_bytes(stream);
    std::printf("%s, compute capability %d.%d, a copy moves %.0f GB/s (read and written)\n",
        device.name, device.major, device.minor, per_ms / 1e6);
    for (const int batch : kBatches) {
        cudaGraph_t graph;
        cudaGraphExec_t captured;
        check("a capture", cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
        model.step(batch, stream);
        check("a capture", cudaStreamEndCapture(stream, &graph));
        check("a graph", cudaGraphInstantiate(&captured, graph, 0));
        const float ms = milliseconds(
            stream, 50, [&] { check("a graph", cudaGraphLaunch(captured, stream)); });
        const double floor = model.bytes(batch) / per_ms;
        std::printf("batch %3d: %.3f ms a step, %.0f tokens/s, %.0f listeners at 50 tokens/s; "
                    "%.0f MB, which a copy moves in %.3f ms: %.1f times that\n",
            batch, ms, 1000 * batch / ms, 20 * batch / ms, model.bytes(batch) / 1e6, floor,
            ms / floor);
    }
}
#endif

}  // namespace

int main() {
    Model model;
    const int before = model.launches();
    model.step(1, nullptr);
    check("a step", finish());
    const int launches = model.launches() - before;
    if (launches != 10 * kShape.layers + 4 || !same_in_every_batch(model)) {
        std::printf("a step is %d kernels\n", launches);
        return 1;
    }
    std::printf("a step of %d layers: %d kernels; a row has the same bits in %zu sizes of batches\n",
        kShape.layers, launches, kBatches.size());
    measure(model);
    return 0;
}
