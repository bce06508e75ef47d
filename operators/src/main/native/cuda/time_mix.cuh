// The time mix: all between its first and its last products (spec 1.3, 2.3 to 2.12).
#pragma once

#include "kernels.cuh"

namespace rwkvtts::cuda {

/** As rwkvtts::TimeMix, for states in slots; a product yields Sums or Floats. */
template <typename Product>
struct SlotTimeMixOf {
    int heads;
    Product r, k, v;
    const float *decay, *rate, *gate;
    const float *w0, *a0, *k_k, *k_a, *r_k, *norm_weight, *norm_bias;
    States states;
    /** The value residual, null in layer 0. */
    const float *share, *v0, *first;
    float* gated;
    /** Where layer 0 leaves its value, else null. */
    float* value;
};

using SlotTimeMix = SlotTimeMixOf<Sums>;

/** What a thread makes of its channel of a token. */
struct Channel {
    float receptance, key, value, decay, rate, kappa;
};

template <typename Product>
DEVICE Channel channel_of(const SlotTimeMixOf<Product>& a, int64_t row, int width, int i) {
    const int64_t at = row * width + i;
    Channel c;
    const float plain_key = scaled(a.k, width, row, i);
    c.receptance = scaled(a.r, width, row, i);
    c.value = scaled(a.v, width, row, i);
    c.decay = exponential(kDecay * sigmoid(a.decay[at] + a.w0[i]));
    c.rate = sigmoid(a.rate[at] + a.a0[i]);
    if (a.first != nullptr) {
        c.value += (a.first[at] - c.value) * sigmoid(a.share[at] + a.v0[i]);
    }
    if (a.value != nullptr) {
        a.value[at] = c.value;
    }
    c.kappa = plain_key * a.k_k[i];
    c.key = plain_key * (1.0f + (c.rate - 1.0f) * a.k_a[i]);
    return c;
}

/** By key: what the state keeps, what is removed, what is written, what is read. */
struct alignas(16) KeyFactors {
    float keeps, removes, writes, reads;
};

/**
 * A block for each head of a sequence, a thread for each of its values: the column of the state
 * with all its keys stays in registers over all tokens.
 */
template <typename Product>
__global__ void __launch_bounds__(kHead) time_mix(const SlotTimeMixOf<Product> a) {
    __shared__ KeyFactors keys[kHead];
    __shared__ float kappas[kHead], squares[kHead], bonuses[kHead], readings[kHead];
    const int sequence = blockIdx.x / a.heads;
    const int head = blockIdx.x % a.heads;
    const int j = threadIdx.x;
    const int width = a.heads * kHead;
    const int i = head * kHead + j;
    float* const slot = a.states.of(sequence);
    const int length = slot == nullptr ? 0 : a.states.length(sequence);
    const int64_t first_row = static_cast<int64_t>(sequence) * a.states.tokens;
    for (int token = length; token < a.states.tokens; token++) {
        a.gated[(first_row + token) * width + i] = 0;
    }
    if (length == 0) {
        return;
    }
    float* const column = slot + head * kHead * kHead + j;
    float state[kHead];
#pragma unroll
    for (int key = 0; key < kHead; key++) {
        state[key] = column[key * kHead];
    }
    for (int token = 0; token < length; token++) {
        const int64_t row = first_row + token;
        const Channel c = channel_of(a, row, width, i);
        squares[j] = c.kappa * c.kappa;
        bonuses[j] = c.receptance * c.key * a.r_k[i];
        BLOCK_BARRIER();
        const float size = sqrtf(ordered_sum(squares, kHead));
        const float bonus = ordered_sum(bonuses, kHead);
        // A length that is no number is the smaller of the two here, and must not be.
        const float kappa = c.kappa * (1.0f / (size < kShortestKey ? kShortestKey : size));
        kappas[j] = kappa;
        keys[j] = {c.decay, c.rate * kappa, c.key * kStateScale, c.receptance};
        BLOCK_BARRIER();
        float removal = 0;
#pragma unroll
        for (int key = 0; key < kHead; key++) {
            removal = fmaf(state[key], kappas[key], removal);
        }
        float reading = 0;
#pragma unroll
        for (int key = 0; key < kHead; key++) {
            const KeyFactors& of = keys[key];
            state[key] = fmaf(c.value, of.writes, fmaf(-removal, of.removes, state[key] * of.keeps));
            reading = fmaf(state[key], of.reads, reading);
        }
        reading *= 1 / kStateScale;
        readings[j] = reading;
        BLOCK_BARRIER();
        reading -= ordered_sum(readings, kHead) / kHead;
        squares[j] = reading * reading;
        BLOCK_BARRIER();
        const float factor = 1.0f / sqrtf(ordered_sum(squares, kHead) / kHead + kHeadNormEpsilon);
        const int64_t at = row * width + i;
        const float normed = reading * factor * a.norm_weight[i] + a.norm_bias[i];
        a.gated[at] = (normed + bonus * c.value) * a.gate[at];
        // The next token writes what this one reads.
        BLOCK_BARRIER();
    }
#pragma unroll
    for (int key = 0; key < kHead; key++) {
        column[key * kHead] = state[key];
    }
}

}  // namespace rwkvtts::cuda
