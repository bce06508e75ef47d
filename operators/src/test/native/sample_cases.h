// The kernel that draws tokens against the rule of spec 3.5 by sorting everything, with the host
// sampler's arithmetic. (CudaSamplerTest compares it with the host sampler itself.)
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

#include "../../main/native/cuda/sample.cuh"
#include "cases.h"

namespace rwkvtts::cuda {

/** e^x as Exponential has it: 2^n times a Taylor polynomial. */
inline double host_exponential(double x) {
    const double n = std::nearbyint(x * 1.4426950408889634);
    if (!(n >= -1021)) {
        return 0;
    }
    const double r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33;
    double factorial = 6227020800.0;
    double p = 1 / factorial;
    for (int k = 13; k > 0; k--) {
        factorial /= k;
        p = p * r + 1 / factorial;
    }
    return std::ldexp(p, static_cast<int>(n));
}

inline int32_t host_token(const Draw& draw, std::vector<float> logits) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    logits.resize(draw.length);
    if (std::any_of(logits.begin(), logits.end(), [](float x) { return std::isnan(x); })) {
        return kRefused;
    }
    if (0 <= draw.forbidden && draw.forbidden < draw.length) {
        logits[draw.forbidden] = -kInfinity;
    }
    const auto largest = std::max_element(logits.begin(), logits.end());
    if (std::isinf(*largest)) {
        return kRefused;
    }
    if (draw.temperature == 0 || draw.top_k == 1) {
        return static_cast<int32_t>(largest - logits.begin());
    }
    const double max = *largest;
    std::vector<double> weights(draw.length);
    double sum = 0;
    for (int from = 0; from < draw.length; from += 32) {
        double part = 0;
        for (int id = from; id < std::min(from + 32, draw.length); id++) {
            weights[id] = host_exponential(logits[id] - max);
            part += weights[id];
        }
        sum += part;
    }
    const double bound = std::max((1 - draw.top_p) * sum / (2.0 * draw.length), 0x1p-1022);
    std::vector<int> order(draw.length);
    std::iota(order.begin(), order.end(), 0);
    order.erase(std::remove_if(order.begin(), order.end(),
                    [&](int id) { return weights[id] < bound; }),
        order.end());
    std::stable_sort(
        order.begin(), order.end(), [&](int a, int b) { return weights[a] > weights[b]; });
    double least = 0;
    double running = 0;
    for (size_t i = 0; draw.top_p < 1 && i < order.size(); i++) {
        running += weights[order[i]] / sum;
        if (running >= draw.top_p) {
            least = weights[order[i]];
            break;
        }
    }
    size_t kept = 0;
    while (kept < order.size() && weights[order[kept]] >= least
        && (draw.top_k == 0 || kept < static_cast<size_t>(draw.top_k))) {
        kept++;
    }
    order.resize(kept);
    std::sort(order.begin(), order.end());
    std::vector<double> masses;
    for (const int id : order) {
        masses.push_back(host_exponential((logits[id] - max) / draw.temperature));
    }
    sum = std::accumulate(masses.begin(), masses.end(), 0.0);
    running = 0;
    for (size_t i = 0; i < kept; i++) {
        running += masses[i] / sum;
        if (running > draw.uniform) {
            return order[i];
        }
    }
    return order.back();
}

/** Logits of a kind: flat, peaked, with ties, with minus infinity, all equal, broken. */
inline std::vector<float> logits_of_kind(int kind, int length) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kScales[] = {0, 1e-8f, 1, 5, 30, 300};
    std::normal_distribution<float> normal;
    std::vector<float> logits(length);
    for (float& logit : logits) {
        logit = normal(generator) * kScales[kind % 6];
        if (kind / 6 % 2 == 1) {
            logit = std::rint(logit * 4) / 4;
        }
        if (kind / 12 % 3 == 1 && generator() % 3 == 0) {
            logit = -kInfinity;
        }
    }
    if (kind / 12 % 3 == 2) {
        logits[generator() % length] = kind % 2 == 0 ? std::nanf("") : kInfinity;
    }
    return logits;
}

/** All kinds of logits and parameters, in one launch. */
inline void add_sample(const std::string& name, int draws, int most_logits, int first_kind) {
    struct Data {
        Memory<Draw> draws;
        Memory<float> logits;
        Memory<int32_t> tokens;
    };
    constexpr double kTemperatures[] = {1, 0, 0.1, 0.7, 1, 1.3, 4, 1e-300, 1e300};
    constexpr double kTopPs[] = {0.95, 1, 0.5, 0, 0.999, 1 - 1e-12, 0.95};
    constexpr int kTopKs[] = {80, 0, 20, 1, 2, 300, 0, 5000};
    const int stride = most_logits;
    const auto data = std::make_shared<Data>();
    data->logits.assign(static_cast<size_t>(draws) * stride, std::nanf(""));
    for (int i = 0; i < draws; i++) {
        const int length = i % 3 == 0 ? most_logits : 1 + static_cast<int>(generator() % most_logits);
        const std::vector<float> logits = logits_of_kind(first_kind + i, length);
        // Rows in another order than draws.
        const int row = draws - 1 - i;
        std::copy(logits.begin(), logits.end(), data->logits.begin() + row * stride);
        const Draw draw{kTemperatures[generator() % 9], kTopPs[generator() % 7],
            std::ldexp(static_cast<double>(generator()), -32), kTopKs[generator() % 8], length,
            generator() % 4 == 0 ? static_cast<int>(generator() % length) : -1, row};
        data->draws.push_back(draw);
        data->tokens.push_back(host_token(draw, logits));
    }
    cases.push_back({name, [=](bool quiet) {
        Memory<double> scratch(2 * static_cast<size_t>(draws) * stride, 99);
        Memory<int32_t> tokens(draws, -99);
        done(launch_sample(nullptr, {data->draws.data(), data->logits.data(), stride,
            scratch.data(), tokens.data()}, draws));
        return same("tokens", tokens, data->tokens, quiet);
    }});
}

inline void add_samples() {
    add_sample("tokens of few logits", 72, 40, 0);
    add_sample("tokens of some logits", 36, 700, 0);
    // More equal ones than can be ranked at once.
    add_sample("tokens of many logits", 12, 8193, 0);
}

}  // namespace rwkvtts::cuda
