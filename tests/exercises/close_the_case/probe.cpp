#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chapters/13_case_files/exercises/close_the_case.hpp"
#include "tests/exercises/case_files.hpp"
#include "tests/grader/judge/probe.hpp"

namespace {

using ch13::Evening;
using namespace std::chrono_literals;

// --- One trouble, or none ----------------------------------------------------

// Of each: which form it has on an evening, or nothing; and an evening without.

constexpr const char* kTools[] = {"peeler", "knife", "whisk"};
std::string old_tool(const Evening& evening) {
  for (const char* tool : kTools) {
    if (evening.pace.at(tool) > 1ms) return tool;
  }
  return "";
}
void new_tools(Evening& evening) {
  for (const char* tool : kTools) evening.pace[tool] = 200us;
}

std::string small_printer(const Evening& evening) {
  return evening.room < 5 ? "printer" : "";
}
void large_printer(Evening& evening) { evening.room = 50; }

std::string crowd(const Evening& evening) {
  if (evening.screens > 20) return "screens";
  return evening.pagers > 20 ? "pagers" : "";
}
void empty_room(Evening& evening) {
  evening.screens = evening.pagers = 5;
  evening.pace["screen"] = evening.pace["pager"] = 200us;
}

std::string other_cookbook(const Evening& evening) {
  for (const auto& [dish, recipe] : evening.recipes) {
    if (recipe.stations[0] > recipe.stations[1]) {
      return recipe.fried ? "fried" : "baked";
    }
  }
  return "";
}
void one_cookbook(Evening& evening) {
  for (auto& [dish, recipe] : evening.recipes) {
    if (recipe.stations[0] > recipe.stations[1]) {
      std::swap(recipe.stations[0], recipe.stations[1]);
    }
  }
}

std::string lack(const Evening& evening) {
  return evening.missing.contains("saffron") ? "saffron" : "";
}
void buy_saffron(Evening& evening) { evening.missing.erase("saffron"); }

std::string party(const Evening& evening) {
  for (const auto& [when, order] : evening.orders) {
    if (order.plates > 100) return order.to_bar ? "bar" : "table";
  }
  return "";
}
void small_party(Evening& evening) {
  for (auto& [when, order] : evening.orders) {
    if (order.plates > 100) order.plates = 4;
  }
}

struct Trouble {
  std::string (*form)(const Evening& evening);
  void (*take_away)(Evening& evening);
};
constexpr Trouble kTroubles[] = {
    {old_tool, new_tools}, {small_printer, large_printer},
    {crowd, empty_room},   {other_cookbook, one_cookbook},
    {lack, buy_saffron},   {party, small_party},
};

// --- Evenings ----------------------------------------------------------------

bool is_about_a_lost_error(const std::string& line) {
  return line.ends_with("exception was never retrieved");
}

void see_evening(probe::Run& run, const Evening& evening) {
  const auto heard = probe::hear(evening, exercises::work_tonight);
  run.why(
      "an error that nobody takes from a future is reported when the future "
      "goes; and there are evenings on which nobody waits for this one");
  run.see("errors that nobody takes",
          std::ranges::count_if(heard.log, is_about_a_lost_error));
  run.why("");
  run.see_lines("what the loop reports", heard.log);
  run.why(
      "debug mode, its limits and the log are the business of the loop's "
      "owner: a larger limit hides a fault, and repairs none");
  run.see("debug mode, its limits and the log were the same all the time",
          heard.settings_stayed);
  run.why("an order is an order: each of them has its line, on every evening");
  run.see_lines("the answer", heard.answer);
  run.why("a fault is repaired when the work is still done, and not left out");
  run.see_lines("what was done", heard.diary);
  run.why("");
}

// An evening for each form of a trouble, on which it is the only one.
void only(probe::Run& run, std::size_t trouble) {
  std::map<std::string, std::vector<int>> seeds;
  for (int seed = 1; seed <= 20; ++seed) {
    const std::string form = kTroubles[trouble].form(Evening(seed));
    if (!form.empty()) seeds[form].push_back(seed);
  }
  for (auto& [form, of_this_form] : seeds) {
    run.shuffle(of_this_form);
    const int seed = of_this_form.front();
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
