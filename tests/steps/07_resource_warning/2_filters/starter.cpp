// Step 2: who decides what is heard?
//
//   ./workbook check 7.2    compares what it prints with 2_filters.txt
//   ./workbook hint 7.2     says a little more, each time
#include <fmt/format.h>

#include <deque>
#include <exception>
#include <set>
#include <source_location>
#include <string>
#include <utility>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/clock.hpp"
#include "common/place.hpp"

using Place = std::source_location;

enum class Action { show, once_a_place, ignore };

struct Filter {
  std::string beginning;  // of the texts that it is for
  Action action;
};
std::deque<Filter> filters;                        // the newest first
std::set<std::pair<std::string, unsigned>> shown;  // texts, and their lines

// TODO: the first filter that fits decides; without one, once a place.
Action decide([[maybe_unused]] const std::string& text) { return Action::show; }

// TODO: do what was decided.
void warn(const std::string& text, [[maybe_unused]] Place where) {
  fmt::print("warning: {}\n", text);
}

class Loop : public ch06::EventLoop {
 public:
  explicit Loop(common::Clock& clock, Place where = Place::current())
      : ch06::EventLoop(clock, ch01::default_selector(), where) {}
  ~Loop() override {
    if (is_closed()) return;
    try {
      warn("never closed: the loop of " + common::function_name(created_at()),
           created_at());
    } catch (const std::exception& error) {
      fmt::print("ignored in a destructor: {}\n", error.what());
    }
  }
};

void evening() {
  common::VirtualClock clock;
  for (int i = 0; i < 2; ++i) Loop loop(clock);
  warn("oven still on", Place::current());
}

int main() {
  evening();
  fmt::print("tell me everything\n");
  filters.push_front({"", Action::show});
  evening();
  fmt::print("but spare me the loops\n");
  filters.push_front({"never closed", Action::ignore});
  evening();
}
