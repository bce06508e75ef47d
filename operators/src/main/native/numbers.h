// The numbers of spec 1.3 and of the bytes, and the order of sums: the same for every kind of
// processor, so that all of them compute the same bits.
#pragma once

#include <cstdint>

namespace rwkvtts {

/** Numbers of a head. */
constexpr int kHead = 64;

/**
 * Lanes of a sum over a row or a head, however wide the registers of a processor are: lane l adds
 * up the numbers l, l + 16, l + 32, ... in this order, and lanes are added in halves, 8 to 8 first.
 */
constexpr int kLanes = 16;

/** Fused multiply-adds of one chain: a longer sum of products adds up the sums of its chains. */
constexpr int kChain = 256;

constexpr float kNormEpsilon = 1e-5f;
constexpr float kHeadNormEpsilon = 64e-5f;
constexpr float kDecay = -0.606531f;
constexpr float kShortestKey = 1e-12f;
constexpr float kStateScale = 0x1p-40f;

/** The largest byte that stands for a number of either sign, and for one that is none below 0. */
constexpr float kSignedSteps = 127;
constexpr float kUnsignedSteps = 255;

/** 1.5 * 2^23: a small float added to it is rounded to an integer, in its last bits. */
constexpr float kRounder = 0x1.8p23f;
constexpr int32_t kRounderBits = 0x4b400000;

constexpr float kExponentMin = -87.0f;
constexpr float kExponentMax = 88.0f;
constexpr float kBinaryLogarithmOfE = 1.44269504f;

/** ln(2) in two parts, of which the first has so few digits that a small integer times it is exact. */
constexpr float kLogarithmOf2 = 0.693359375f;
constexpr float kLogarithmOf2Rest = 2.12194440e-4f;

}  // namespace rwkvtts
