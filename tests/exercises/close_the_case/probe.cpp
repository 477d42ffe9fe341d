#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "chapters/13_case_files/exercises/close_the_case.hpp"
#include "tests/exercises/case_files.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using ch13::Evening;
using namespace std::chrono_literals;

// --- One fault, or none ------------------------------------------------------

bool is_party(const std::pair<std::chrono::nanoseconds, ch13::Order>& one) {
  return one.second.plates > 100;
}
bool has_old_tools(const Evening& evening) {
  for (const char* tool : {"peeler", "knife", "whisk"}) {
    if (evening.pace.at(tool) > 1ms) return true;
  }
  return false;
}
void new_tools(Evening& evening) {
  for (const char* tool : {"peeler", "knife", "whisk"}) {
    evening.pace[tool] = 200us;
  }
}
bool has_small_printer(const Evening& evening) { return evening.room < 5; }
void large_printer(Evening& evening) { evening.room = 50; }
bool is_crowded(const Evening& evening) {
  return evening.screens > 20 || evening.pagers > 20;
}
void empty_room(Evening& evening) {
  evening.screens = evening.pagers = 5;
  evening.pace["screen"] = evening.pace["pager"] = 200us;
}
bool has_two_cookbooks(const Evening& evening) {
  for (const auto& [dish, recipe] : evening.recipes) {
    if (recipe.stations[0] > recipe.stations[1]) return true;
  }
  return false;
}
void one_cookbook(Evening& evening) {
  for (auto& [dish, recipe] : evening.recipes) {
    if (recipe.stations[0] > recipe.stations[1]) {
      std::swap(recipe.stations[0], recipe.stations[1]);
    }
  }
}
bool lacks_saffron(const Evening& evening) {
  return evening.missing.contains("saffron");
}
void buy_saffron(Evening& evening) { evening.missing.erase("saffron"); }
bool has_party(const Evening& evening) {
  return std::ranges::any_of(evening.orders, is_party);
}
void small_party(Evening& evening) {
  for (auto& [when, order] : evening.orders) {
    if (order.plates > 100) order.plates = 4;
  }
}

struct Trouble {
  bool (*is_there)(const Evening& evening);
  void (*take_away)(Evening& evening);
};
constexpr Trouble kTroubles[] = {
    {has_old_tools, new_tools},   {has_small_printer, large_printer},
    {is_crowded, empty_room},     {has_two_cookbooks, one_cookbook},
    {lacks_saffron, buy_saffron}, {has_party, small_party},
};

// --- Evenings ----------------------------------------------------------------

void see_evening(probe::Run& run, const Evening& evening) {
  const auto heard = probe::hear(evening, exercises::work_tonight);
  run.see_lines("what the loop reports", heard.log);
  run.see("debug mode and its limits are as they were", heard.debug);
  run.why("an order is an order: each of them has its line, on every evening");
  run.see_lines("the answer", heard.answer);
  run.why("a fault is repaired when the work is still done, and not left out");
  run.see_lines("what was done", heard.diary);
  run.why("");
}

// Two evenings on which this is the only trouble.
void only(probe::Run& run, std::size_t trouble) {
  std::vector<int> seeds;
  for (int seed = 1; seed <= 20; ++seed) {
    if (kTroubles[trouble].is_there(Evening(seed))) seeds.push_back(seed);
  }
  run.shuffle(seeds);
  for (std::size_t i = 0; i < 2; ++i) {
    const int seed = seeds.at(i);
    Evening evening(seed);
    for (std::size_t other = 0; other < std::size(kTroubles); ++other) {
      if (other != trouble) kTroubles[other].take_away(evening);
    }
    run.step("the evening of seed {}, with one of its two faults only", seed);
    see_evening(run, evening);
  }
}

void slow_step(probe::Run& run) { only(run, 0); }
void never_returns(probe::Run& run) { only(run, 1); }
void crumbs(probe::Run& run) { only(run, 2); }
void circle(probe::Run& run) { only(run, 3); }
void forgotten_promise(probe::Run& run) { only(run, 4); }
void leak(probe::Run& run) { only(run, 5); }

void all_evenings(probe::Run& run) {
  std::vector<int> seeds;
  for (int seed = 1; seed <= 20; ++seed) seeds.push_back(seed);
  run.shuffle(seeds);
  for (std::size_t i = 0; i < 4; ++i) {
    run.step("the evening of seed {}", seeds[i]);
    see_evening(run, Evening(seeds[i]));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return probe::main(argc, argv,
                     {{"slow_step", slow_step},
                      {"never_returns", never_returns},
                      {"crumbs", crumbs},
                      {"circle", circle},
                      {"forgotten_promise", forgotten_promise},
                      {"leak", leak},
                      {"all_evenings", all_evenings}});
}
