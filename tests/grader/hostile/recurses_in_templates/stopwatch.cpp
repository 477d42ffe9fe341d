// Makes templates without an end.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
template <int n>
struct Deep {
  static constexpr int value = Deep<n + 1>::value + Deep<n + 2>::value;
};
static_assert(Deep<0>::value == 1);
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
