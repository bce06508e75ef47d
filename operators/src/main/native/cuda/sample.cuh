// Draws tokens from logits, as io.rwkvtts.sampling.Sampler does on the host: from equal logits the
// very same token. All that decides it is computed by the same operations on doubles in the same
// order; where the host saves work by bounds, the result is that of the rule without them.
#pragma once

#include "rows.cuh"

namespace rwkvtts::cuda {

/** The token of a row from which none can be drawn. */
constexpr int32_t kRefused = -1;

/** How a token is drawn: as io.rwkvtts.engine.cuda.DeviceSampler writes it. */
struct Draw {
    double temperature;
    double top_p;
    /** In [0, 1). */
    double uniform;
    /** 0 for no limit. */
    int32_t top_k;
    /** Logits to choose from. */
    int32_t length;
    /** An id, or -1 for none. */
    int32_t forbidden;
    /** Of the logits. */
    int32_t row;
};

/** Draws, each with a block of its own. */
struct Samples {
    const Draw* draws;
    /** [rows, stride] */
    const float* logits;
    int64_t stride;
    /** [draws, 2 * stride], of any content. */
    double* scratch;
    int32_t* tokens;
};

// As Exponential has them.
constexpr double kLog2OfE = 1.4426950408889634;
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kIntegerRounder = 0x1.8p52;
constexpr double kLeastExponent = -1021;

/** As Weights has it. */
constexpr int kSumBlock = 32;

constexpr double kLeastNormal = 0x1p-1022;

/** Weights that are ranked at once. */
constexpr int kMostRanked = 512;

/** A thread must not have more logits than can be ranked at once. */
constexpr int kMostLogits = kMostRanked * static_cast<int>(kRowThreads);

DEVICE uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

DEVICE double double_of_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/** e^x for x <= 0, as Exponential. */
DEVICE double exponential_of_negative(double x) {
    const double n = (x * kLog2OfE + kIntegerRounder) - kIntegerRounder;
    const double r = (x - n * kLn2High) - n * kLn2Low;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    if (n < kLeastExponent) {
        return 0;
    }
    return p * double_of_bits(static_cast<uint64_t>(static_cast<int64_t>(n) + 1023) << 52);
}

// Logits as integers of the same order.
constexpr uint32_t kNoNumber = 0xffffffff;
constexpr uint32_t kOrderOfInfinity = 0xff800000;
constexpr uint32_t kOrderOfMinusInfinity = 0x007fffff;

/** Zeros are equal, whatever their sign; what is no number is above all. */
DEVICE uint32_t order_of(float x) {
    const uint32_t bits = bits_of(x + 0.0f);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return kNoNumber;
    }
    return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

DEVICE float of_order(uint32_t order) {
    return of_bits((order & 0x80000000u) != 0 ? order & 0x7fffffffu : ~order);
}

/** Where the threads of a block leave things for each other. */
struct SampleMemory {
    uint32_t parts[2][kRowWarps];
    uint32_t counts[2][kRowThreads];
    double gathered[kMostRanked];
    double ranked[kMostRanked];
    double quotients[kMostRanked];
    /** What thread 0 has found. */
    double number;
    int32_t found;
};

/**
 * What the threads of a block make of the values of all of them. Each uses the other half of the
 * memory than the one before: a half is written again only after a barrier that nobody reaches before
 * having read it.
 */
class Together {
  public:
    DEVICE explicit Together(SampleMemory& shared) : shared_(shared) {}

    DEVICE uint32_t largest(uint32_t value) {
        leave(largest_of_warp(value));
        uint32_t result = 0;
#pragma unroll
        for (int warp = 0; warp < kRowWarps; warp++) {
            result = larger(result, shared_.parts[half_][warp]);
        }
        return result;
    }

    DEVICE int sum(int value) {
        leave(sum_of_warp(static_cast<uint32_t>(value)));
        return static_cast<int>(first_parts(kRowWarps));
    }

    /** The sum of the values of the threads before this one; leaves that of all. */
    DEVICE int sum_before(int value, int& all) {
        const int first = threadIdx.x / kWarp * kWarp;
        shared_.counts[half_ ^ 1][threadIdx.x] = static_cast<uint32_t>(value);
        all = sum(value);
        uint32_t before = first_parts(first / kWarp);
        for (int i = first; i < static_cast<int>(threadIdx.x); i++) {
            before += shared_.counts[half_][i];
        }
        return static_cast<int>(before);
    }

  private:
    DEVICE void leave(uint32_t of_warp) {
        half_ ^= 1;
        if (threadIdx.x % kWarp == 0) {
            shared_.parts[half_][threadIdx.x / kWarp] = of_warp;
        }
        BLOCK_BARRIER();
    }

    DEVICE uint32_t first_parts(int warps) const {
        uint32_t sum = 0;
        for (int warp = 0; warp < warps; warp++) {
            sum += shared_.parts[half_][warp];
        }
        return sum;
    }

    SampleMemory& shared_;
    int half_ = 0;
};

/** The draw of a block, as one of its threads sees it. */
class RowDraw {
  public:
    DEVICE RowDraw(const Samples& a, SampleMemory& shared)
        : draw_(a.draws[blockIdx.x]),
          logits_(a.logits + draw_.row * a.stride),
          weights_(a.scratch + 2 * a.stride * blockIdx.x),
          masses_(weights_ + a.stride),
          shared_(shared),
          together_(shared) {}

    /** The token, in the thread that has found it; in the others nothing. */
    DEVICE void draw(int32_t* token) {
        const uint32_t largest = largest_order();
        if (largest <= kOrderOfMinusInfinity || largest >= kOrderOfInfinity) {
            put(token, kRefused);
        } else if (draw_.temperature == 0 || draw_.top_k == 1) {
            put(token, first_of(largest));
        } else {
            max_ = of_order(largest);
            set_weights();
            choose(token);
        }
    }

  private:
    DEVICE static void put(int32_t* to, int32_t value) {
        if (threadIdx.x == 0) {
            *to = value;
        }
    }

    DEVICE uint32_t order(int id) const {
        const uint32_t order = order_of(logits_[id]);
        return id == draw_.forbidden && order != kNoNumber ? kOrderOfMinusInfinity : order;
    }

    DEVICE uint32_t largest_order() {
        uint32_t largest = 0;
        for (int id = threadIdx.x; id < draw_.length; id += kRowThreads) {
            largest = larger(largest, order(id));
        }
        return together_.largest(largest);
    }

    /** The first id with a logit of this order. */
    DEVICE int32_t first_of(uint32_t wanted) {
        uint32_t first = 0;
        for (int id = threadIdx.x; id < draw_.length; id += kRowThreads) {
            if (order(id) == wanted) {
                first = larger(first, ~static_cast<uint32_t>(id));
            }
        }
        return static_cast<int32_t>(~together_.largest(first));
    }

    /** The difference of a logit from the largest one, divided by nothing yet. */
    DEVICE double difference(int id) const {
        return static_cast<double>(logits_[id]) - static_cast<double>(max_);
    }

    /** All weights and their sum, that of 32 at a time first, as Weights has it. */
    DEVICE void set_weights() {
        for (int id = threadIdx.x; id < draw_.length; id += kRowThreads) {
            weights_[id] = id == draw_.forbidden ? 0 : exponential_of_negative(difference(id));
        }
        BLOCK_BARRIER();
        const int blocks = (draw_.length + kSumBlock - 1) / kSumBlock;
        for (int block = threadIdx.x; block < blocks; block += kRowThreads) {
            const int to = block * kSumBlock + kSumBlock;
            double sum = 0;
#pragma unroll 8
            for (int id = block * kSumBlock; id < (to < draw_.length ? to : draw_.length); id++) {
                sum += weights_[id];
            }
            masses_[block] = sum;
        }
        BLOCK_BARRIER();
        sum_ = sum_of_masses(blocks);
    }

    /** The sum of the first of what is in the place of the masses, in their order. */
    DEVICE double sum_of_masses(int count) {
        if (threadIdx.x == 0) {
            double sum = 0;
#pragma unroll 8
            for (int i = 0; i < count; i++) {
                sum += masses_[i];
            }
            shared_.number = sum;
        }
        BLOCK_BARRIER();
        return shared_.number;
    }

    /** Whether a weight is of those looked at: not below `from`, below `to`. */
    DEVICE static bool within(uint64_t weight, uint64_t from, uint64_t to) {
        return weight >= from && weight < to;
    }

    DEVICE int count_within(uint64_t from, uint64_t to) const {
        int count = 0;
        for (int id = threadIdx.x; id < draw_.length; id += kRowThreads) {
            count += within(bits_of(weights_[id]), from, to);
        }
        return count;
    }

    /** Draws from the weights, as Truncation and Sampler. */
    DEVICE void choose(int32_t* token) {
        double bound = (1 - draw_.top_p) * sum_ / (2.0 * draw_.length);
        bound = bound < kLeastNormal ? kLeastNormal : bound;
        const int count = together_.sum(count_within(bits_of(bound), kAbove));
        const int limit = draw_.top_k > 0 && draw_.top_k < count ? draw_.top_k : count;
        const bool all = draw_.top_p >= 1 && limit == count;
        draw_kept(token, all ? bound : least_weight(bits_of(bound), limit), limit);
    }

    /**
     * The smallest weight to keep. Goes through the weights from the largest down, as many at once
     * as have room in the shared memory.
     */
    DEVICE double least_weight(uint64_t bound, int limit) {
        uint64_t to = kAbove;
        double running = 0;
        for (int before = 0;;) {
            uint64_t from = 0;
            int own = 0;
            const int found = find_largest(bound, to, limit - before, from, own);
            const bool ranked = found <= kMostRanked;
            if (ranked) {
                rank(from, to, own, found);
            }
            BLOCK_BARRIER();
            if (threadIdx.x == 0) {
                const double equal = double_of_bits(from);
                const double quotient = equal / sum_;
                shared_.found = 0;
                for (int i = 0; i < found; i++) {
                    running += ranked ? shared_.quotients[i] : quotient;
                    if (before + i + 1 == limit || (draw_.top_p < 1 && running >= draw_.top_p)) {
                        shared_.number = ranked ? shared_.ranked[i] : equal;
                        shared_.found = 1;
                        break;
                    }
                }
            }
            BLOCK_BARRIER();
            if (shared_.found != 0) {
                return shared_.number;
            }
            before += found;
            to = from;
        }
    }

    /**
     * Finds the largest weights below `to`: as many as can be ranked at once and not much more than
     * are wanted; or all that are equal to the largest, if there are more of these.
     *
     * @param from the smallest found, or a number between it and the next one
     * @param own how many of them are this thread's
     * @return their number
     */
    DEVICE int find_largest(uint64_t bound, uint64_t to, int wanted, uint64_t& from, int& own) {
        uint64_t most = 0;
        for (int id = threadIdx.x; id < draw_.length; id += kRowThreads) {
            const uint64_t weight = bits_of(weights_[id]);
            most = within(weight, bound, to) && weight > most ? weight : most;
        }
        constexpr int kMostThreads = kRowThreads / 2;
        for (int threads = wanted < kMostThreads ? wanted : kMostThreads;; threads /= 2) {
            const uint64_t reached = rank_bound(most, threads);
            from = reached < bound ? bound : reached;
            own = count_within(from, to);
            const int found = together_.sum(own);
            if (found <= kMostRanked || threads == 1) {
                return found;
            }
        }
    }

    /**
     * A number that the values of that many threads reach, and not many more unless they are equal;
     * 0 if not as many have one.
     */
    DEVICE uint64_t rank_bound(uint64_t value, int threads) {
        constexpr int kHighestBit = 61;
        uint64_t bound = 0;
        for (int bit = kHighestBit; bit >= 0; bit--) {
            const uint64_t tried = bound | uint64_t{1} << bit;
            const int reached = together_.sum(value >= tried);
            if (reached >= threads) {
                bound = tried;
                if (reached <= threads + threads / 4) {
                    break;
                }
            }
        }
        return bound;
    }

    /** Ranks the weights that were found, and divides them by the sum. */
    DEVICE void rank(uint64_t from, uint64_t to, int own, int found) {
        int all;
        int place = together_.sum_before(own, all);
        for (int id = threadIdx.x; own > 0 && id < draw_.length; id += kRowThreads) {
            if (within(bits_of(weights_[id]), from, to)) {
                shared_.gathered[place++] = weights_[id];
            }
        }
        BLOCK_BARRIER();
        for (int i = threadIdx.x; i < found; i += kRowThreads) {
            const double weight = shared_.gathered[i];
            int rank = 0;
            for (int other = 0; other < found; other++) {
                const double compared = shared_.gathered[other];
                rank += compared > weight || (compared == weight && other < i);
            }
            shared_.ranked[rank] = weight;
            shared_.quotients[rank] = weight / sum_;
        }
    }

    /**
     * Draws from the ids that are kept: those of larger weights and the first of this weight, no more
     * than the limit. A thread has neighbouring ids.
     */
    DEVICE void draw_kept(int32_t* token, double least, int limit) {
        const int each = (draw_.length + kRowThreads - 1) / kRowThreads;
        const int first = static_cast<int>(threadIdx.x) * each;
        const int end = first + each < draw_.length ? first + each : draw_.length;
        int own_larger = 0;
        int own_equal = 0;
        for (int id = first; id < end; id++) {
            own_larger += weights_[id] > least;
            own_equal += weights_[id] == least;
        }
        int larger, equal;
        const int larger_before = together_.sum_before(own_larger, larger);
        const int equal_before = together_.sum_before(own_equal, equal);
        const int most_equal = limit - larger < equal ? limit - larger : equal;
        const int first_place =
            larger_before + (equal_before < most_equal ? equal_before : most_equal);
        int place = first_place;
        for (int id = first, equals = equal_before; id < end; id++) {
            if (weights_[id] > least || (weights_[id] == least && equals++ < most_equal)) {
                masses_[place++] = exponential_of_negative(difference(id) / draw_.temperature);
            }
        }
        BLOCK_BARRIER();
        const int chosen = chosen_of(larger + most_equal);
        if (first_place <= chosen && chosen < place) {
            for (int id = first, equals = equal_before, at = first_place;; id++) {
                if (weights_[id] > least || (weights_[id] == least && equals++ < most_equal)) {
                    if (at++ == chosen) {
                        *token = id;
                        return;
                    }
                }
            }
        }
    }

    /** Which of the masses the random number falls on. */
    DEVICE int chosen_of(int kept) {
        const double sum = sum_of_masses(kept);
        for (int i = threadIdx.x; i < kept; i += kRowThreads) {
            masses_[i] = masses_[i] / sum;
        }
        BLOCK_BARRIER();
        if (threadIdx.x == 0) {
            double running = 0;
            int i = 0;
            while (i < kept - 1 && (running += masses_[i]) <= draw_.uniform) {
                i++;
            }
            shared_.found = i;
        }
        BLOCK_BARRIER();
        return shared_.found;
    }

    /** Above every weight. */
    static constexpr uint64_t kAbove = ~uint64_t{0};

    const Draw draw_;
    const float* const logits_;
    /** Of all ids. */
    double* const weights_;
    double* const masses_;
    SampleMemory& shared_;
    Together together_;
    float max_ = 0;
    double sum_ = 0;
};

/** A block for each draw. */
__global__ void __launch_bounds__(kRowThreads) sample(const Samples a) {
    __shared__ SampleMemory shared;
    RowDraw(a, shared).draw(a.tokens + blockIdx.x);
}

inline int launch_sample(Stream stream, const Samples& a, int64_t draws) {
    dim3 grid;
    grid.x = static_cast<unsigned>(draws);
    return launch(sample, grid, kRowThreads, stream, a);
}

}  // namespace rwkvtts::cuda
