// Memory of one call, cut into pieces.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rwkvtts {

/** Gives out pieces of memory one after another; without memory it only counts. */
class Scratch {
  public:
    explicit Scratch(uint8_t* memory) : memory_(memory) {}

    template <typename Number>
    Number* take(int64_t count) {
        Number* const piece = reinterpret_cast<Number*>(memory_ + used_);
        used_ += (count * sizeof(Number) + kAlignment - 1) / kAlignment * kAlignment;
        return piece;
    }

    int64_t used() const { return used_; }

  private:
    static constexpr size_t kAlignment = 64;

    uint8_t* memory_;
    size_t used_ = 0;
};

}  // namespace rwkvtts
