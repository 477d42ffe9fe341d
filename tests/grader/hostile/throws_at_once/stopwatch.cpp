// Throws before main() begins.
#include <stdexcept>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int thrown = []() -> int {
  throw std::runtime_error("All tests passed");
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
