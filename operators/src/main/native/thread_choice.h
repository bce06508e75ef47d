// How many threads a step takes: all of the session's, or one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rwkvtts {

/**
 * For steps of few sequences, all threads or one: whatever took less time lately for as many, on
 * this machine and beside what else runs on it. The threads of a step wait for each other in every
 * layer, so one that has lost its processor holds up all. Every so often some steps try the other
 * way. All other calls take all threads.
 *
 * Belongs to one engine, which computes one call at a time.
 */
class ThreadChoice {
  public:
    /** Steps of more sequences take all threads. */
    static constexpr int64_t kMostSequences = 8;

    /**
     * A call begins.
     *
     * @param sequences in it
     * @param tokens of each: 1 in a step
     * @param now in nanoseconds
     */
    void begin(int64_t sequences, int64_t tokens, int64_t now) {
        steps_ = tokens == 1 && sequences <= kMostSequences ? &counts_[sequences - 1] : nullptr;
        began_ = now;
    }

    /** Whether the call that has begun takes one thread. */
    bool alone() const { return steps_ != nullptr && steps_->alone(); }

    /** The call that has begun is done. */
    void end(int64_t now) {
        if (steps_ != nullptr) {
            steps_->took(static_cast<double>(now - began_));
        }
        steps_ = nullptr;
    }

  private:
    /** Steps of one number of sequences. */
    class Steps {
      public:
        bool alone() const { return favourite_ != trying(); }

        /** How long a step took, in any unit. */
        void took(double duration) {
            shortest_ = std::min(shortest_, duration);
            const int settled = trying() ? step_ : step_ - kTrial;
            const double expected = mean_[favourite_];
            const double unbearable = kUnbearable * expected;
            if (trying() && expected > 0 && duration > unbearable) {
                tally_[alone()].add(unbearable);
                step_ = kTrial - 1;
            } else if (settled >= kSettling && duration < kStopped * shortest_) {
                tally_[alone()].add(duration);
            }
            if (trying() && tally_[alone()].over(kHopeless * expected, kFew)) {
                step_ = kTrial - 1;
            }
            if (++step_ >= period_ || tally_[favourite_].over(kWorse * expected, kMany)) {
                decide();
            }
        }

      private:
        // A period begins with a trial of the other way. It is short where nothing is known yet,
        // or the other way may have become better, and long where that is far slower.
        static constexpr int kTrial = 32;
        static constexpr int kShortPeriod = 2 * kTrial;
        static constexpr int kPeriod = 16 * kTrial;
        static constexpr int kLongPeriod = 64 * kTrial;
        static constexpr double kFarSlower = 1.2;
        // After one step, or a few, that are that much slower a trial ends; after many, a period.
        static constexpr double kUnbearable = 2.5;
        static constexpr double kHopeless = 1.5;
        static constexpr double kWorse = 1.3;
        static constexpr int kFew = 6;
        static constexpr int kMany = 64;
        // After a change, steps that are not counted: threads wake up, or fall asleep.
        static constexpr int kSettling = 4;
        // Of a mean, what the newest period counts; and what a change has to gain.
        static constexpr double kNewest = 0.4;
        static constexpr double kGain = 0.97;
        // A step that takes that many times the shortest one: the process was stopped.
        static constexpr double kStopped = 100;

        struct Tally {
            double sum = 0;
            int count = 0;

            void add(double duration) {
                sum += duration;
                count++;
            }

            double mean() const { return sum / count; }

            /** Whether enough steps took longer on average; never if 0 is expected, for not known yet. */
            bool over(double expected, int enough) const {
                return expected > 0 && count >= enough && mean() > expected;
            }
        };

        bool trying() const { return step_ < kTrial; }

        void decide() {
            for (const bool alone : {false, true}) {
                if (tally_[alone].count > 0) {
                    newest_[alone] = tally_[alone].mean();
                    const double weight = mean_[alone] == 0 ? 1 : kNewest;
                    mean_[alone] += weight * (newest_[alone] - mean_[alone]);
                }
                tally_[alone] = {};
            }
            step_ = 0;
            if (mean_[!favourite_] == 0) {
                return;
            }
            if (other_gains(mean_)) {
                // Soon to be looked at again: what came before may have been a cold start.
                favourite_ = !favourite_;
                period_ = kShortPeriod;
                return;
            }
            const bool clear = newest_[!favourite_] > kFarSlower * newest_[favourite_];
            period_ = other_gains(newest_) ? kShortPeriod : clear ? kLongPeriod : kPeriod;
        }

        bool other_gains(const double (&times)[2]) const {
            return times[!favourite_] < kGain * times[favourite_];
        }

        bool favourite_ = false;
        // The first period has no trial: what is far slower can be told once the usual is known.
        int step_ = kTrial;
        int period_ = kShortPeriod;
        double shortest_ = 1e300;
        // With all threads, and with one.
        Tally tally_[2];
        double newest_[2] = {};
        double mean_[2] = {};
    };

    Steps counts_[kMostSequences];
    Steps* steps_ = nullptr;
    int64_t began_ = 0;
};

}  // namespace rwkvtts
