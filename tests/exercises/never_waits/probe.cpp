#include <array>
#include <chrono>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chapters/09_culprit/exercises/never_waits.hpp"
#include "common/clock.hpp"
#include "tests/exercises/where_reports.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using exercises::Stamp;
using exercises::Tray;
using std::chrono::nanoseconds;
using namespace std::chrono_literals;

struct Office {
  Office(probe::Run& where, nanoseconds duration)
      : run(where), press(duration), stamp(loop, duration) {
    loop.set_debug(true);
    loop.slow_callback_duration = 251 * press;
    run.step("a stamp that takes {}; what 251 letters take is slow",
             probe::text(press));
  }
  ~Office() { loop.close(); }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  void put(Tray& tray, int letters) {
    for (int i = 0; i < letters; ++i) tray.put(++last);
  }
  // Runs of letters in their order: "1 to 4000".
  static std::string runs(const std::vector<int>& letters) {
    std::string text;
    for (std::size_t i = 0; i < letters.size();) {
      std::size_t last = i;
      while (last + 1 < letters.size() &&
             letters[last + 1] - 1LL == letters[last]) {
        ++last;
      }
      if (!text.empty()) text += ", ";
      text += last == i ? fmt::format("{}", letters[i])
                        : fmt::format("{} to {}", letters[i], letters[last]);
      i = last + 1;
    }
    return text.empty() ? "none" : text;
  }
  void see() {
    see_reports();
    run.why("each letter gets its stamp, once, in the order of the tray");
    run.see("stamped", runs(stamp.letters()));
    see_pauses();
    run.why("nobody waits for the clock: a sleep of zero lets others in");
    run.see("the end", loop.time());
  }
  void see_reports() { run.see_lines("what the loop reports", loop.reports()); }
  void see_pauses() {
    run.why(
        "a pause lets others in, and costs: count the letters, and pause "
        "behind "
        "each hundredth");
    const int letters = static_cast<int>(stamp.letters().size());
    run.see("pauses",
            100 * loop.pauses() <= letters
                ? "one for each hundred, or fewer"
                : fmt::format("{} for {} letters", loop.pauses(), letters));
  }

  probe::Run& run;
  nanoseconds press;
  common::VirtualClock clock;
  probe::WatchedLoop loop{clock};
  Stamp stamp;
  int last = 0;  // letter
};

void odd_numbers(probe::Run& run) {
  run.why(
      "every int may be a letter: only get() itself says that there is none, "
      "with an empty optional");
  Office office(run, run.microseconds(20, 90));
  Tray tray(office.loop);
  const int some = run.number(10, 99);
  const std::vector<int> letters{some,
                                 0,
                                 -1,
                                 std::numeric_limits<int>::min(),
                                 std::numeric_limits<int>::max(),
                                 some + 1};
  for (const int letter : letters) tray.put(letter);
  tray.close();
  run.step("a tray with the letters {}", Office::runs(letters));
  const int result =
      office.loop.run_until_complete(exercises::drain(tray, office.stamp));
  run.see("stamped", Office::runs(office.stamp.letters()));
  run.see("the result", result);
}

void full_tray(probe::Run& run) {
  Office office(run, run.microseconds(20, 90));
  const int letters = run.number(3801, 4999);
  Tray tray(office.loop);
  run.step("a tray with {} letters, which is closed", letters);
  office.put(tray, letters);
  tray.close();
  const int result =
      office.loop.run_until_complete(exercises::drain(tray, office.stamp));
  office.see();
  run.see("the result", result);
  odd_numbers(run);
}

ch09::Coroutine<int> drain_all(std::vector<std::unique_ptr<Tray>>& trays,
                               Stamp& stamp) {
  int sum = 0;
  for (const auto& tray : trays) sum += co_await exercises::drain(*tray, stamp);
  co_return sum;
}

void small_trays(probe::Run& run) {
  Office office(run, run.microseconds(20, 90));
  const int trays = run.number(30, 40);
  const int letters = run.number(51, 95);
  run.step("one task drains {} trays of {} letters each, one after the other",
           trays, letters);
  std::vector<std::unique_ptr<Tray>> all;
  for (int i = 0; i < trays; ++i) {
    all.push_back(std::make_unique<Tray>(office.loop));
    office.put(*all.back(), letters);
    all.back()->close();
  }
  const int result =
      office.loop.run_until_complete(drain_all(all, office.stamp));
  office.see();
  run.see("the result of all", result);
}

ch09::Coroutine<> postman(Office& office, Tray& tray, int letters,
                          nanoseconds period) {
  for (int i = 0; i < letters; ++i) {
    co_await ch09::sleep(period);
    office.put(tray, 1);
  }
  office.put(tray, 300);
  tray.close();
}

void letters_arrive(probe::Run& run) {
  Office office(run, run.microseconds(20, 90));
  const int letters = run.number(120, 190);
  const auto period = run.milliseconds(1, 5);
  Tray tray(office.loop);
  run.step("{} letters arrive, one each {}, and 300 more with the last one",
           letters, probe::text(period));
  const auto post =
      office.loop.create_task(postman(office, tray, letters, period));
  const int result =
      office.loop.run_until_complete(exercises::drain(tray, office.stamp));
  office.see();
  run.see("the result", result);
}

// Three trays, and a clerk for each.
struct Bureau {
  explicit Bureau(probe::Run& where, nanoseconds duration)
      : office(where, duration) {}

  void look_around() {
    office.loop.stop();
    office.loop.run_forever();
  }
  void end() {
    for (Tray& tray : trays) tray.close();
    for (int i = 0; i < 500; ++i) look_around();
    office.see_reports();
    office.run.why(
        "each letter gets its stamp, once, in the order of the tray");
    for (std::size_t i = 0; i < trays.size(); ++i) {
      std::vector<int> letters;
      for (const int letter : office.stamp.letters()) {
        if (tray_of.at(letter) == i) letters.push_back(letter);
      }
      office.run.see(fmt::format("stamped from tray {}", i),
                     Office::runs(letters));
      const auto& clerk = clerks[i];
      office.run.see("its clerk", !clerk          ? "never came"
                                  : clerk->done() ? probe::text(clerk->result())
                                                  : "still at work");
    }
    office.see_pauses();
  }
  void put(std::size_t which, int letters) {
    for (int i = 0; i < letters; ++i) tray_of[office.last + 1 + i] = which;
    office.put(trays[which], letters);
  }

  Office office;
  std::array<Tray, 3> trays{Tray(office.loop), Tray(office.loop),
                            Tray(office.loop)};
  std::array<std::optional<ch09::Task<int>>, 3> clerks;
  std::map<int, std::size_t> tray_of;
};

void any_order_story(probe::Story& story) {
  const auto duration = story.run.microseconds(20, 90);
  const auto bureau = std::make_shared<Bureau>(story.run, duration);
  for (int i = 0; i < 60; ++i) {
    const auto which = static_cast<std::size_t>(story.run.number(0, 2));
    const bool many = story.run.number(0, 3) == 0;
    const int letters = story.run.number(1, many ? 900 : 90);
    const int what = story.run.number(0, 5);
    story.add([=] {
      Office& office = bureau->office;
      if (what == 0) {
        if (bureau->clerks[which]) return;
        office.run.step("a clerk comes to tray {}", which);
        bureau->clerks[which].emplace(office.loop.create_task(
            exercises::drain(bureau->trays[which], office.stamp)));
      } else if (what < 4) {
        office.run.step("{} letters for tray {}", letters, which);
        bureau->put(which, letters);
      } else {
        office.run.step("the loop looks around once");
        bureau->look_around();
      }
    });
  }
  story.at_end([=] { bureau->end(); });
}

void any_order(probe::Run& run) { run.stories(20, any_order_story); }

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"full_tray", full_tray},
                      {"small_trays", small_trays},
                      {"letters_arrive", letters_arrive},
                      {"any_order", any_order}});
}
