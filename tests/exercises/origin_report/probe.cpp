#include <chrono>
#include <source_location>
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
  void stock_up(int sacks);
  void banquet();
  void set_table(int chairs);
  void set_table(int chairs, int plates);

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
#line 120 "a_house/kitchen.cpp"
void Cafe::bring_the_bill(int count) {
  run.step("bring_the_bill(), at kitchen.cpp:122, makes {}", count);
  for (; count > 0; --count) keep(loop.call_later(1s, nothing));
}
#line 7 "a_house/kitchen.cpp"
void Cafe::grind(int count) {
  run.step("grind(), at kitchen.cpp:9, makes {}", count);
  for (; count > 0; --count) keep(loop.call_soon(nothing));
}
#line 20 "z_house/bar.cpp"
void Cafe::wash_up(int count) {
  run.step("wash_up(), at bar.cpp:22, makes {}", count);
  for (; count > 0; --count) keep(loop.call_later(5s, nothing));
}
#line 40 "z_house/bar.cpp"
void Cafe::take_orders(int guests) {
  run.step("take_orders(), with two calls in line bar.cpp:43, makes {}", 2 * guests);
  for (int i = 0; i < guests; ++i) {
    keep(loop.call_soon(nothing)); keep(loop.call_later(2s, nothing));
  }
}
#line 60 "z_house/bar.cpp"
void Cafe::brew(int cups) {
  run.step("brew(), in bar.cpp:63 and bar.cpp:64, makes {} each", cups);
  for (int i = 0; i < cups; ++i) {
    keep(loop.call_soon(nothing));
    keep(loop.call_later(3s, nothing));
  }
}
#line 65543 "a_house/kitchen.cpp"
void Cafe::stock_up(int sacks) {
  run.step("stock_up(), in kitchen.cpp:65545, 100009 and 1000009, makes {} each", sacks);
  for (; sacks > 0; --sacks) { keep(loop.call_soon(nothing));
#line 100009 "a_house/kitchen.cpp"
    keep(loop.call_soon(nothing));
#line 1000009 "a_house/kitchen.cpp"
    keep(loop.call_soon(nothing));
  }
}
#line 300 "z_house/hall.cpp"
void Cafe::banquet() {
  run.step("banquet(), in 40 lines from hall.cpp:304 on, makes one each");
  const auto one = [this](std::source_location where = std::source_location::current()) {
    keep(loop.call_soon(nothing, where)); };
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
  one();
}
#line 7 "a_house/table.cpp"
void Cafe::set_table(int chairs) {
  run.step("set_table(), at a_house/table.cpp:9, makes {}", chairs);
  for (; chairs > 0; --chairs) keep(loop.call_soon(nothing));
}
#line 7 "z_house/table.cpp"
void Cafe::set_table(int chairs, int plates) {
  run.step("set_table(), at z_house/table.cpp:9, makes {}", chairs + plates);
  for (; chairs + plates > 0; --chairs) keep(loop.call_soon(nothing));
}
#line 143 "tests/exercises/origin_report/probe.cpp"
// clang-format on

void counts_by_place(probe::Run& run) {
  {
    Cafe cafe(run, true);
    run.step("nothing was made yet");
    run.why("no handles, no places: then the report is empty");
    cafe.report();
    run.why("");
    const int few = run.number(2, 5);
    cafe.grind(few);
    cafe.report();
    run.step("the same report is made once more");
    run.why(
        "a report counts the handles that it is given, starts from zero, and "
        "leaves them as they are");
    cafe.report();
    run.why(
        "another line of the file is another place, and a single one is \"1 "
        "handle\", without an s");
    cafe.bring_the_bill(1);
    cafe.report();
    run.why("");
    cafe.wash_up(run.number(60, 80));
    cafe.grind(run.number(30, 40));
    cafe.report();
  }
  Cafe other(run, true);
  run.step("in another program, nothing was made yet");
  run.why(
      "a report is about the handles that it is given, and no earlier ones");
  other.report();
  other.wash_up(1);
  other.report();
}

void a_line_is_a_place(probe::Run& run) {
  for (const bool debug : {false, true}) {
    const char* const mode = debug ? "on" : "off";
    {
      Cafe cafe(run, debug);
      run.step("debug mode is {}", mode);
      run.why(
          "each handle knows its place, with debug mode off, too: ask "
          "created_at(), and not the handle's text");
      cafe.wash_up(1);
      cafe.report();
    }
    {
      Cafe cafe(run, debug);
      run.step("in another program, debug mode is {}, too", mode);
      run.why(
          "two calls in one line have two places for the compiler, which "
          "differ by the column, and one for a person");
      cafe.take_orders(run.number(2, 9));
      cafe.report();
    }
    Cafe cafe(run, debug);
    run.step("and in a third one");
    run.why(
        "two lines of one function are two places: the function alone does not "
        "say which line to look at");
    cafe.brew(run.number(2, 9));
    cafe.report();
  }
  Cafe cafe(run, true);
  run.step("and in one with a table.cpp in two folders");
  run.why(
      "a place is a file without its folders, and a line: two lines of the "
      "report that look the same are one place");
  cafe.set_table(run.number(2, 9));
  const int plates = run.number(2, 9);
  cafe.set_table(run.number(2, 9), plates);
  cafe.report();
}

void cancelled_do_not_count(probe::Run& run) {
  Cafe cafe(run, true);
  cafe.bring_the_bill(1);
  const int plates = run.number(3, 8);
  cafe.wash_up(plates);
  cafe.cancel(static_cast<std::size_t>(run.number(1, plates)));
  cafe.report();
  run.why("a place where all were cancelled has none, and gets no line");
  cafe.cancel(0);
  cafe.report();
  run.why(
      "an empty reference is no handle: look before you ask it for a place");
  run.step("an empty reference is among them");
  cafe.made.insert(cafe.made.begin() + run.number(0, plates), nullptr);
  cafe.report();
  run.why("a report only looks: what was cancelled or not stays so");
  std::size_t live = 0;
  for (const auto& handle : cafe.made) live += handle && !handle->cancelled();
  run.see("handles that are not cancelled", live);
  run.why("a place where all were cancelled has none, and gets no line");
  run.step("now all of them are cancelled");
  for (const auto& handle : cafe.made) {
    if (handle) handle->cancel();
  }
  cafe.report();
}

void in_order(probe::Run& run) {
  {
    Cafe cafe(run, true);
    const int most = run.number(3, 4);
    run.why(
        "equal counts go by the file's name, without the folders in front of "
        "it: a_house/kitchen.cpp comes after z_house/bar.cpp");
    cafe.grind(most);
    cafe.wash_up(most);
    cafe.report();
    run.why(
        "in one file the line decides, as a number: as texts, 122 would come "
        "before 9");
    cafe.bring_the_bill(most);
    cafe.report();
    run.why("most comes first, for that is where to look");
    cafe.brew(most + run.number(1, 4));
    cafe.report();
    cafe.grind(1);
    cafe.report();
  }
  run.why("counts are numbers, too: as texts, 9 is more than 12");
  Cafe cafe(run, true);
  const int many = run.number(10, 30);
  const int few = run.number(4, 9);
  cafe.wash_up(few);
  cafe.bring_the_bill(many);
  cafe.report();
  run.why("");
  cafe.grind(run.number(1, 200));
  cafe.take_orders(run.number(1, 50));
  cafe.brew(few);
  cafe.report();
  Cafe hall(run, true);
  run.why(
      "std::sort() may leave equal elements in any order, and does so when "
      "there are many: the comparison has to decide about equal counts, too");
  hall.banquet();
  hall.report();

  Cafe store(run, true);
  run.why(
      "a file may have any number of lines: 9, 65545, 100009 and 1000009 are "
      "four places, in this order. line() is a number of 32 bits, to be kept "
      "and compared as one: cut to 16 bits two lines are one, and as texts of "
      "four digits long ones are out of order");
  const int sacks = run.number(1, 3);
  store.stock_up(sacks);
  store.grind(sacks);
  store.report();
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"counts_by_place", counts_by_place},
                      {"a_line_is_a_place", a_line_is_a_place},
                      {"cancelled_do_not_count", cancelled_do_not_count},
                      {"in_order", in_order}});
}
