// Calls that may lead to themselves: a filter may log, a hook may warn.
#pragma once

#include <utility>

namespace common {

// One call of a kind on this thread's stack. Once they are too deep, every new
// one is refused until the first of them has returned: with two in each call,
// the way back would be longer than any program runs.
template <class Kind>
class NestedCall {
 public:
  NestedCall() noexcept {
    // Deep enough for honest cases, and far from the end of the stack.
    constexpr int kDeepest = 50;
    if (++depth_ > kDeepest) is_first_ = !std::exchange(refusing_, true);
  }
  NestedCall(const NestedCall&) = delete;
  NestedCall& operator=(const NestedCall&) = delete;
  ~NestedCall() {
    if (--depth_ == 0) refusing_ = false;
  }

  bool refused() const noexcept { return refusing_; }
  bool is_first_refused() const noexcept { return is_first_; }

 private:
  static inline constinit thread_local int depth_ = 0;
  static inline constinit thread_local bool refusing_ = false;

  bool is_first_ = false;
};

}  // namespace common
