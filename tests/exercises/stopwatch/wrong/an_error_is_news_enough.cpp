// Does not note what throws: the loop reports it already.

#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  if (!debug()) return ch05::EventLoop::run_handle(object);
  const auto start = time();
  bool threw = false;
  const auto handler = get_exception_handler();
  set_exception_handler(
      [&](ch02::EventLoop& loop, const ch02::ExceptionContext& context) {
        threw = true;
        handler ? handler(loop, context) : default_exception_handler(context);
      });
  ch05::EventLoop::run_handle(object);
  set_exception_handler(handler);
  if (threw) return;
  const auto took = time() - start;
  if (took >= slow_callback_duration) slow_.push_back({object.repr(), took});
}

}  // namespace exercises
