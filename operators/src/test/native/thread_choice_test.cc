// Whether calls take the threads with which they are quicker, by a clock of the test's.

#include <cstdio>
#include <cstdlib>
#include <functional>

#include "../../main/native/thread_choice.h"

using namespace rwkvtts;

namespace {

int64_t now = 0;

/** What share of some calls took one thread; a call takes what `duration` says of it. */
double share_alone(ThreadChoice& choice, int64_t sequences, int64_t tokens, int calls,
    const std::function<int64_t(int call, bool alone)>& duration) {
    int count = 0;
    for (int call = 0; call < calls; call++) {
        choice.begin(sequences, tokens, now);
        const bool alone = choice.alone();
        count += alone;
        now += duration(call, alone);
        choice.end(now);
    }
    return 1.0 * count / calls;
}

void require(bool condition, const char* what, double found) {
    if (!condition) {
        std::printf("%s: %.3f\n", what, found);
        std::exit(1);
    }
}

int64_t far_slower_alone(int, bool alone) { return alone ? 8000000 : 4000000; }
int64_t slower_alone(int, bool alone) { return alone ? 4200000 : 4000000; }
int64_t quicker_alone(int, bool alone) { return alone ? 4000000 : 5000000; }

/** A preemption every so often where both processors are needed. */
int64_t disturbed(int call, bool alone) {
    return alone ? 4000000 : 3500000 + (call % 4 == 0 ? 4000000 : 0);
}

constexpr int kLearning = 64;
constexpr int kMany = 16384;

void follows_the_machine() {
    ThreadChoice choice;
    double share = share_alone(choice, 1, 1, kLearning, far_slower_alone);
    require(share < 0.2, "alone before that is known to be far slower", share);
    share = share_alone(choice, 1, 1, kMany, far_slower_alone);
    require(share > 0 && share < 0.007, "alone where that is far slower", share);
    share = share_alone(choice, 1, 1, 512, disturbed);
    share = share_alone(choice, 1, 1, kMany, disturbed);
    require(share > 0.7, "alone after others have begun to run", share);
    share = share_alone(choice, 1, 1, kMany, slower_alone);
    share = share_alone(choice, 1, 1, kMany, slower_alone);
    require(share > 0 && share < 0.08, "alone after they have ended", share);
}

void sizes_are_apart() {
    ThreadChoice choice;
    share_alone(choice, 2, 1, kLearning, quicker_alone);
    double share = share_alone(choice, 2, 1, kMany, quicker_alone);
    require(share > 0.97 && share < 1, "alone where that is quicker", share);
    share = share_alone(choice, 3, 1, kMany, far_slower_alone);
    require(share < 0.02, "alone with another number of sequences", share);
    share = share_alone(choice, 1, 2, kMany, quicker_alone);
    require(share == 0, "alone for a prompt", share);
    share = share_alone(choice, ThreadChoice::kMostSequences + 1, 1, kMany, quicker_alone);
    require(share == 0, "alone for many sequences", share);
}

/** As on a machine with many processors. */
void an_unbearable_trial_is_one_step() {
    ThreadChoice choice;
    const double share = share_alone(choice, 8, 1, kMany, [](int, bool alone) {
        return alone ? 40000000 : 4000000;
    });
    require(share > 0 && share * kMany <= 2 + kMany / 2048, "alone where that is unbearable", share);
}

/** Of the calls that take one thread, every 300th lasts for seconds. */
void stops_do_not_count() {
    ThreadChoice choice;
    const double share = share_alone(choice, 1, 1, kMany, [](int call, bool alone) {
        return alone && call % 300 == 7 ? 4000000000 : quicker_alone(call, alone);
    });
    require(share > 0.97, "alone although the process was stopped", share);
}

}  // namespace

int main() {
    follows_the_machine();
    sizes_are_apart();
    an_unbearable_trial_is_one_step();
    stops_do_not_count();
}
