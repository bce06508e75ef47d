// What the operators compute, on plain memory: kernels.cc, compiled for several kinds of CPU. Rows
// are independent of each other: every number of a row is computed by the same operations in the
// same order wherever the row stands and whatever the range it is asked for in.
#pragma once

#include <cstdint>

#include "numbers.h"

namespace rwkvtts {

/** Most values a norm is mixed to. */
constexpr int kMixes = 6;

/** Products of bytes [M, width] and what makes floats of them: a scale per row and per column. */
struct Sums {
    const int32_t* values;
    const float* rows;
    const float* columns;
};

/** Bytes [M, width], the rows some bytes apart, and a scale for each row. */
struct Bytes {
    uint8_t* values;
    float* scales;
    int64_t stride;
};

/** Columns of a packed matrix that lie together, padded with zeros to a whole number of them. */
constexpr int kBlock = 32;

/** Bytes of a column that are multiplied at once. */
constexpr int kWord = 4;

/** Rows of a column of nibbles that have a factor in common. */
constexpr int kGroup = 64;

/** Bytes of a group of a block: two rows to a byte. */
constexpr int kGroupBytes = kBlock * kGroup / 2;

/**
 * Bytes [M, inner] times a matrix of signed bytes: exact, so that the order of the sums is free. The
 * matrix lies in blocks of kBlock columns. A block of bytes has, for each kWord rows, kWord bytes
 * of each column.
 *
 * A block of nibbles stands for such a one: a byte is a nibble less 8, times the factor of its
 * column and group, 0 to 15. First come the factors of all groups, kBlock bytes for each; then, for
 * each 2 * kWord rows, kWord bytes of each column, of which the lower nibbles are those of the
 * first kWord rows.
 */
struct IntegerProducts {
    const uint8_t* x;
    /** Bytes from row to row. */
    int64_t stride;
    int64_t rows;
    /** A multiple of kWord; of nibbles, of kGroup. */
    int64_t inner;
    const int8_t* matrix;
    bool nibbles;
    /** What the byte that stands for 0 adds to each column; null if that byte is 0. */
    const int32_t* zeros;
    int64_t width;
    int32_t* out;
};

/**
 * Floats [M, inner] times a matrix in blocks of kBlock columns, row after row. A number of the
 * result is summed up by fused multiply-adds, in chains of kChain rows of the matrix.
 */
struct FloatProducts {
    const float* x;
    int64_t rows;
    int64_t inner;
    const float* matrix;
    /** A multiple of kBlock. */
    int64_t width;
    float* out;
};

enum class Activation { kNone = 0, kTanh = 1, kSigmoid = 2 };

/** Sums [M, width] as floats. */
struct ScaleSums {
    Sums sums;
    int64_t width;
    Activation activation;
    float* out;
};

/** Floats [M, width] as signed bytes around 128. */
struct QuantizeRows {
    const float* x;
    int64_t width;
    Bytes out;
};

/** max(0, sums)² [M, width] as unsigned bytes. */
struct SquaredRelu {
    Sums sums;
    int64_t width;
    Bytes out;
};

/** x [M, width] plus what a layer adds to it, and the norm of that. */
struct AddAndNorm {
    const float* x;
    /** No values: nothing is added. */
    Sums added;
    const float* weight;
    const float* bias;
    int64_t width;
};

/** Sums and norms, the norms mixed with those of the tokens before them (spec 1.3, 2.1 and 2.13). */
struct NormMix {
    AddAndNorm norm;
    /** T: rows of one sequence. */
    int64_t tokens;
    const int64_t* lengths;
    /** Norm of the token before the first of each sequence, this many floats apart. */
    const float* shift;
    int64_t shift_stride;
    int mixes;
    const float* mix;
    float* sum;
    Bytes mixed[kMixes];
    /** Of the last token of each sequence, this many floats apart. */
    float* new_shift;
    int64_t new_shift_stride;
};

/** The sum and norm of the last token of each sequence. */
struct LastNorm {
    AddAndNorm norm;
    int64_t tokens;
    const int64_t* lengths;
    Bytes out;
};

/** All between the first and the last products of a time mix (spec 1.3, 2.3 to 2.12). */
struct TimeMix {
    int64_t tokens;
    int64_t heads;
    Sums r, k, v;
    /** Second low-rank products without their biases, [M, D]. */
    const float *decay, *rate, *gate;
    const float *w0, *a0, *k_k, *k_a, *r_k, *norm_weight, *norm_bias;
    const int64_t* lengths;
    /** [B, H, key, value] times 2^-40; the new one may lie in the same place. */
    const float* state;
    /** The value residual, not in layer 0: low-rank product, bias, value of layer 0. */
    const float *share, *v0, *first;
    float* gated;
    float* new_state;
    /** Where layer 0 leaves its value, else null. */
    float* value;
};

/** The code for one kind of CPU. */
struct Kernels {
    /** All rows of a block of columns. */
    void (*integer_products)(const IntegerProducts&, int64_t block);
    void (*float_products)(const FloatProducts&, int64_t block);
    /** Columns from .. to - 1, of which from is a multiple of kLanes. */
    void (*scale_sums)(const ScaleSums&, int64_t row, int64_t from, int64_t to);
    void (*quantize_row)(const QuantizeRows&, int64_t row);
    void (*squared_relu)(const SquaredRelu&, int64_t row);
    /** Rows from .. to - 1; the norm of the row before them is computed again. */
    void (*norm_mix)(const NormMix&, int64_t from, int64_t to);
    void (*last_norm)(const LastNorm&, int64_t sequence);
    /** All tokens of one head of one sequence. */
    void (*time_mix)(const TimeMix&, int64_t sequence_and_head);
};

#ifdef __x86_64__
extern const Kernels x86_64_v4;
extern const Kernels x86_64_v3;
#endif
extern const Kernels baseline;

/** Whether this CPU has what the code was compiled for. */
bool supported(const Kernels& kernels);

/** Memory for that many floats, of the calling thread and for its next call, too. */
float* scratch(int64_t count);

}  // namespace rwkvtts
