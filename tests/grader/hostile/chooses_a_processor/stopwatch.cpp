// Honest: right, with a thread that may run on one processor only.
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <thread>

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace {
const bool worked = [] {
  bool chosen = false;
  std::thread([&] {
    cpu_set_t processors;
    ::pthread_getaffinity_np(::pthread_self(), sizeof processors, &processors);
    chosen = ::pthread_setaffinity_np(::pthread_self(), sizeof processors,
                                      &processors) == 0;
  }).join();
  return chosen;
}();
}  // namespace

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!worked || !debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  ch05::EventLoop::run_handle(object);
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
