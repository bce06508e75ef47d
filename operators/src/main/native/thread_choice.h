// How many threads a call takes: all of the session's, or one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace rwkvtts {

/**
 * All threads or one: whatever took less time lately for calls of about this size, on this machine
 * and beside what else runs on it. The threads of a call wait for each other in every layer, so one
 * that has lost its processor holds up all. Every so often some calls try the other way.
 *
 * Belongs to one thread.
 */
class ThreadChoice {
  public:
    /**
     * A call begins.
     *
     * @param sequences in it
     * @param tokens of each: 1 in a step
     * @param now in nanoseconds
     */
    void begin(int64_t sequences, int64_t tokens, int64_t now) {
        rows_ = sequences * tokens;
        calls_ = &(tokens == 1 ? steps_ : prompts_)[size(rows_)];
        began_ = now;
    }

    /** Whether the call that has begun takes one thread. */
    bool alone() const { return calls_ != nullptr && calls_->alone(); }

    /** The call that has begun is done. */
    void end(int64_t now) {
        if (calls_ != nullptr) {
            calls_->took(static_cast<double>(now - began_) / rows_);
        }
        calls_ = nullptr;
    }

  private:
    /** Calls of about as many rows. */
    class Calls {
      public:
        bool alone() const { return favourite_ != trying(); }

        /** How long a call took, in any unit. */
        void took(double duration) {
            shortest_ = std::min(shortest_, duration);
            const int settled = trying() ? call_ : call_ - kTrial;
            if (settled >= kSettling && duration < kStopped * shortest_) {
                tally_[alone()].add(duration);
            }
            const double expected = mean_[favourite_];
            if (trying() && tally_[alone()].over(kHopeless * expected, kFew)) {
                call_ = kTrial - 1;
            }
            if (++call_ >= period_ || tally_[favourite_].over(kWorse * expected, kMany)) {
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
        // After a few calls that are that much slower a trial ends; after many, a period.
        static constexpr double kHopeless = 1.5;
        static constexpr double kWorse = 1.3;
        static constexpr int kFew = 6;
        static constexpr int kMany = 64;
        // After a change, calls that are not counted: threads wake up, or fall asleep.
        static constexpr int kSettling = 4;
        // Of a mean, what the newest period counts; and what a change has to gain.
        static constexpr double kNewest = 0.4;
        static constexpr double kGain = 0.97;
        // A call that takes that many times the shortest one: the process was stopped.
        static constexpr double kStopped = 100;

        struct Tally {
            double sum = 0;
            int count = 0;

            void add(double duration) {
                sum += duration;
                count++;
            }

            double mean() const { return sum / count; }

            /** Whether the mean of enough calls is longer; than 0, which is not known yet, none is. */
            bool over(double expected, int enough) const {
                return expected > 0 && count >= enough && mean() > expected;
            }
        };

        bool trying() const { return call_ < kTrial; }

        void decide() {
            for (const bool alone : {false, true}) {
                if (tally_[alone].count > 0) {
                    newest_[alone] = tally_[alone].mean();
                    mean_[alone] += (mean_[alone] == 0 ? 1 : kNewest) * (newest_[alone] - mean_[alone]);
                }
                tally_[alone] = {};
            }
            if (other_gains(mean_)) {
                favourite_ = !favourite_;
            }
            const bool clear = newest_[!favourite_] > kFarSlower * newest_[favourite_];
            period_ = other_gains(newest_) ? kShortPeriod : clear ? kLongPeriod : kPeriod;
            call_ = 0;
        }

        bool other_gains(const double (&times)[2]) const {
            return times[!favourite_] < kGain * times[favourite_];
        }

        bool favourite_ = false;
        int call_ = 0;
        int period_ = kShortPeriod;
        double shortest_ = 1e300;
        // With all threads, and with one.
        Tally tally_[2];
        double newest_[2] = {};
        double mean_[2] = {};
    };

    // Up to 8 rows one by one, then from one power of two to the next; all that are more as one.
    static constexpr int64_t kSingle = 8;
    static constexpr int kSizes = 16;

    static int size(int64_t rows) {
        if (rows <= kSingle) {
            return static_cast<int>(rows) - 1;
        }
        int size = kSingle;
        for (int64_t most = 2 * kSingle; most < rows && size < kSizes - 1; most *= 2) {
            size++;
        }
        return size;
    }

    Calls steps_[kSizes];
    Calls prompts_[kSizes];
    Calls* calls_ = nullptr;
    int64_t rows_ = 0;
    int64_t began_ = 0;
};

}  // namespace rwkvtts
