#include <chrono>
#include <string>
#include <vector>

#include "chapters/05_set_debug/exercises/origin_report.hpp"
#include "common/clock.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Handles;
using namespace std::chrono_literals;

struct Cafe {
  Cafe(probe::Run& where, bool debug) : run(where) { loop.set_debug(debug); }

  // The functions that make handles, below; each adds some of them.
  void bring_the_bill(int count);
  void grind(int count);
  void wash_up(int count);
  void take_orders(int guests);
  void brew(int cups);

  void keep(const common::Ref<ch05::Handle>& handle) { made.push_back(handle); }
  void report() { run.see_lines("report", exercises::origin_report(made)); }
  void cancel(std::size_t index) {
    run.step("the handle number {} is cancelled", index + 1);
    made[index]->cancel();
  }

  probe::Run& run;
  common::VirtualClock clock;
  ch05::EventLoop loop{clock};
  Handles made;
};

void nothing() {}

// The places that the report tells of, with lines that stay where they are.
// clang-format off
#line 120 "kitchen.cpp"
void Cafe::bring_the_bill(int count) {
  run.step("bring_the_bill(), at kitchen.cpp:122, makes {}", count);
  for (; count > 0; --count) keep(loop.call_later(1s, nothing));
}
#line 7 "kitchen.cpp"
void Cafe::grind(int count) {
  run.step("grind(), at kitchen.cpp:9, makes {}", count);
  for (; count > 0; --count) keep(loop.call_soon(nothing));
}
#line 20 "bar.cpp"
void Cafe::wash_up(int count) {
  run.step("wash_up(), at bar.cpp:22, makes {}", count);
  for (; count > 0; --count) keep(loop.call_later(5s, nothing));
}
#line 40 "bar.cpp"
void Cafe::take_orders(int guests) {
  run.step("take_orders(), with two calls in line bar.cpp:43, makes {}", 2 * guests);
  for (int i = 0; i < guests; ++i) {
    keep(loop.call_soon(nothing)); keep(loop.call_later(2s, nothing));
  }
}
#line 60 "bar.cpp"
void Cafe::brew(int cups) {
  run.step("brew(), in bar.cpp:63 and bar.cpp:64, makes {} each", cups);
  for (int i = 0; i < cups; ++i) {
    keep(loop.call_soon(nothing));
    keep(loop.call_later(3s, nothing));
  }
}
#line 72 "tests/exercises/origin_report/probe.cpp"
// clang-format on

void counts_by_place(probe::Run& run) {
  Cafe cafe(run, true);
  run.step("nothing was made yet");
  cafe.report();
  const int few = run.number(2, 5);
  cafe.grind(few);
  cafe.report();
  cafe.bring_the_bill(1);
  cafe.wash_up(run.number(60, 80));
  cafe.grind(run.number(30, 40));
  cafe.report();
}

void cancelled_do_not_count(probe::Run& run) {
  Cafe cafe(run, true);
  cafe.bring_the_bill(1);
  const int plates = run.number(3, 8);
  cafe.wash_up(plates);
  cafe.cancel(static_cast<std::size_t>(run.number(1, plates)));
  cafe.report();
  cafe.cancel(0);
  cafe.report();
  run.step("an empty reference is among them");
  cafe.made.insert(cafe.made.begin() + run.number(0, plates), nullptr);
  cafe.report();
}

void in_order(probe::Run& run) {
  Cafe cafe(run, true);
  const int most = run.number(5, 9);
  cafe.bring_the_bill(most);
  cafe.grind(most);
  cafe.wash_up(most);
  cafe.report();
  cafe.brew(most + run.number(5, 9));
  cafe.report();
}

void a_line_is_a_place(probe::Run& run) {
  Cafe cafe(run, false);
  run.step("debug mode is off");
  cafe.take_orders(run.number(2, 9));
  cafe.brew(run.number(2, 9));
  cafe.report();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"counts_by_place", counts_by_place},
                      {"cancelled_do_not_count", cancelled_do_not_count},
                      {"in_order", in_order},
                      {"a_line_is_a_place", a_line_is_a_place}});
}
