// Step 1: last words.
//
//   ./workbook check 7.1    compares what it prints with 1_last_words.txt
//   ./workbook hint 7.1     says a little more, each time
#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <string>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

bool strict = false;

void warn(const std::string& text) {
  if (strict) throw std::runtime_error(text);
  fmt::print("warning: {}\n", text);
}

class Loop : public ch06::EventLoop {
 public:
  explicit Loop(common::Clock& clock, Place where = Place::current())
      : ch06::EventLoop(clock, ch01::default_selector(), where) {}

  // TODO: if it was not, warn. No exception may leave the destructor.
  ~Loop() override {
    if (is_closed()) return;
  }
};

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
