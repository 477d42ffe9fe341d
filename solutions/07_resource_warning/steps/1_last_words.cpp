// Step 1, done: last words.
#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

// #region warn
bool strict = false;

void warn(const std::string& text) {
  if (strict) throw std::runtime_error(text);
  fmt::print("warning: {}\n", text);
}
// #endregion warn

// #region loop
class Loop : public ch06::EventLoop {
 public:
  explicit Loop(common::Clock& clock, Place where = Place::current())
      : ch06::EventLoop(clock, ch01::default_selector(), where) {}

  // #region destructor
  ~Loop() override {
    if (is_closed()) return;
    try {
      warn("never closed: the loop of " + common::function_name(created_at()));
    } catch (const std::exception& error) {
      fmt::print("ignored in a destructor: {}\n", error.what());
    }
  }
  // #endregion destructor
};
// #endregion loop

// #region main
// #region loops
void tidy() {
  common::VirtualClock clock;
  Loop loop(clock);
  loop.close();
}
void hasty() {
  common::VirtualClock clock;
  const Loop loop(clock);
  throw std::runtime_error("no time");
}
void drowsy() {
  common::VirtualClock clock;
  const Loop loop(clock);
  fmt::print("good night\n");
}
// #endregion loops

int main() {
  tidy();
  try {
    hasty();
  } catch (const std::runtime_error& error) {
    fmt::print("{}\n", error.what());
  }
  drowsy();
  strict = true;
  drowsy();
}
// #endregion main
