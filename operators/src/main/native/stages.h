// Work in stages that several threads do together: the parts of a stage go to whoever is free, and
// no stage begins before the one before it is done. No thread is waited for that has not begun, so
// any number of them, one too, finishes the work.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace rwkvtts {

/** How far the threads are. */
class Stages {
  public:
    static constexpr int kMost = 12;

    bool failed() const { return failed_.load(std::memory_order_relaxed); }

  private:
    friend class Worker;

    // Each on a line of the cache of its own: the threads change them all the time.
    struct alignas(64) Stage {
        std::atomic<int64_t> taken{0};
        std::atomic<int64_t> done{0};
    };

    Stage stages_[kMost];
    std::atomic<bool> failed_{false};
};

/** One of the threads. All of them ask for the same stages in the same order. */
class Worker {
  public:
    explicit Worker(Stages& stages) : stages_(stages) {}

    /** Does body(i) for some i from 0 to parts - 1, and returns when all of them are done. */
    template <typename Body>
    void stage(int64_t parts, const Body& body) {
        Stages::Stage& stage = stages_.stages_[next_++];
        if (stage.done.load(std::memory_order_acquire) == parts) {
            return;
        }
        int64_t part;
        while ((part = stage.taken.fetch_add(1, std::memory_order_relaxed)) < parts) {
            // The threads are not ours: an exception must not reach them.
            try {
                body(part);
            } catch (...) {
                stages_.failed_ = true;
            }
            stage.done.fetch_add(1, std::memory_order_acq_rel);
        }
        for (int turns = 0; stage.done.load(std::memory_order_acquire) < parts; turns++) {
            wait(turns);
        }
    }

  private:
    // A thread that has lost its processor is not back soon: then this one gives way, too.
    static constexpr int kPatience = 4096;

    static void wait(int turns) {
        if (turns >= kPatience) {
            std::this_thread::yield();
            return;
        }
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    Stages& stages_;
    int next_ = 0;
};

}  // namespace rwkvtts
