// Honest: right, with sixteen threads that allocate.
#include <thread>
#include <vector>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const int done = [] {
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 100; ++n) {
        const std::vector<char> some(1U << 14U, 'x');
        asm volatile("" : : "r"(some.data()) : "memory");  // it is used
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
