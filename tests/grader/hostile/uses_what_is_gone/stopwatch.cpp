// Honest: right by luck, with a pointer to what was destroyed.
#include <memory>
#include <string>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  auto text = std::make_unique<std::string>("made, and destroyed");
  const std::string* const kept = text.get();
  text.reset();
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (kept->empty()) return;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
