// Brings its own functions of the probe.
#include "chapters/06_slow_callback/exercises/stopwatch.hpp"

namespace probe {
class Run;
using Case = std::pair<const char*, void (*)(Run&)>;
int main(int, char**, std::initializer_list<Case>) { return 0; }
}  // namespace probe

namespace exercises {

void StopwatchLoop::run_handle(ch05::LoopObject& object) noexcept {
  ch05::EventLoop::run_handle(object);
}

}  // namespace exercises
