// What an evening is like, from its number. Reading this does not help: nobody
// throws these dice without a machine. The kitchen is in kitchen.cpp.

#include <cstdint>

#include "chapters/13_case_files/restaurant.hpp"

namespace ch13 {

namespace {

using namespace std::chrono_literals;

// Numbers that look like chance, and are the same on every machine.
class Dice {
 public:
  explicit Dice(int seed) : state_(static_cast<std::uint64_t>(seed)) {}

  int between(int low, int high) {  // both are included
    const int sides = high - low + 1;
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(sides));
  }
  bool coin() { return between(0, 1) == 1; }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[next() % i]);
    }
  }

 private:
  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

class Planner {
 public:
  Planner(Evening& evening, int seed) : evening_(evening), dice_(seed) {
    guests_ = {"Anna",  "Ben",  "Carl", "Dora", "Emil", "Fay", "Gus",
               "Hanna", "Ivo",  "Jana", "Kim",  "Lea",  "Max", "Nora",
               "Otto",  "Paul", "Ruth", "Sam",  "Tom",  "Uma"};
    dice_.shuffle(guests_);
    write_menu();
    write_list();
  }

 private:
  void write_menu() {
    const std::vector<std::pair<std::string, std::string>> baked = {
        {"pie", "apples"}, {"bread", "rye"}, {"gratin", "cheese"}};
    const std::vector<std::pair<std::string, std::string>> fried = {
        {"fish", "cod"}, {"omelette", "chives"}, {"fritters", "corn"}};
    for (const auto& [dish, ingredient] : baked) add(dish, ingredient, 0);
    for (const auto& [dish, ingredient] : fried) add(dish, ingredient, 2);
    // A dish of the day, which there may be no more of.
    add("trout", "trout", 2);
    evening_.missing.insert("trout");
    for (const char* tool : {"peeler", "knife", "whisk", "screen", "pager"}) {
      evening_.pace[tool] = std::chrono::microseconds(dice_.between(100, 250));
    }
    evening_.screens = dice_.between(4, 8);
    evening_.pagers = dice_.between(4, 8);
    evening_.room = 50;
  }
  void add(const std::string& dish, const std::string& ingredient,
           std::size_t station) {
    Recipe& recipe = evening_.recipes[dish];
    recipe.ingredient = ingredient;
    recipe.potatoes = dice_.between(20, 30);
    recipe.onions = dice_.between(20, 30);
    recipe.eggs = dice_.between(20, 30);
    recipe.fried = station == 2;
    recipe.stations = {station, station + 1};
  }

  // What is thrown has an order: arguments of a call have none.
  void order(nanoseconds after, const std::string& dish) {
    const bool bar = dice_.coin();
    order(after, dish, dice_.between(1, 3), bar);
  }
  void order(nanoseconds after, const std::string& dish, int plates, bool bar) {
    now_ += after;
    evening_.orders.push_back({now_, {guests_.back(), dish, plates, bar}});
    guests_.pop_back();
  }
  std::string any(bool fried) {
    const std::vector<std::string> all = {"pie",  "bread",    "gratin",
                                          "fish", "omelette", "fritters"};
    const int number = dice_.between(0, 2) + (fried ? 3 : 0);
    return all[static_cast<std::size_t>(number)];
  }

  void write_list() {
    std::vector<void (Planner::*)()> all = {
        &Planner::old_tools,     &Planner::old_printer, &Planner::full_room,
        &Planner::two_cookbooks, &Planner::bad_market,  &Planner::large_party};
    dice_.shuffle(all);
    other_half_fries_ = dice_.coin();
    for (std::size_t i = 0; i < 2; ++i) (this->*all[i])();
    const int far = dice_.between(0, 7);
    const int trout = dice_.between(2, 5);
    for (int i = 0; i < 8; ++i) {
      if (i == trout) order(40ms, "trout", 1, false);
      if (i == far) evening_.far = guests_.back();
      const bool bar = i != far && dice_.coin();
      const int plates = dice_.between(1, 3);
      const std::string dish = any((i % 2 == 0) == other_half_fries_);
      order(std::chrono::milliseconds(dice_.between(110, 150)), dish, plates,
            bar);
    }
  }

  // What may be special about an evening: two of these six are.
  void old_tools() {
    const std::vector<std::string> tools = {"peeler", "knife", "whisk"};
    evening_.pace[tools[static_cast<std::size_t>(dice_.between(0, 2))]] =
        std::chrono::microseconds(5500);
  }
  void old_printer() { evening_.room = 1; }
  void full_room() {
    const bool screens = dice_.coin();
    (screens ? evening_.screens : evening_.pagers) = dice_.between(45, 60);
    evening_.pace[screens ? "screen" : "pager"] = 3ms;
  }
  void two_cookbooks() {
    const std::string dish = any(!other_half_fries_);
    Recipe other = evening_.recipes[dish];
    std::swap(other.stations[0], other.stations[1]);
    other.ingredient = "herbs";
    evening_.recipes["house-" + dish] = other;
    order(20ms, dish);
    order(3ms, "house-" + dish);
  }
  void bad_market() {
    const std::string dish = dice_.coin() ? "risotto" : "goulash";
    add(dish, "saffron", other_half_fries_ ? 2 : 0);
    evening_.missing.insert("saffron");
    order(20ms, dish);
    order(5ms, dish);
  }
  void large_party() {
    const bool bar = dice_.coin();
    const int plates = dice_.between(150, 180);
    order(20ms, any(other_half_fries_), plates, bar);
  }

  Evening& evening_;
  Dice dice_;
  std::vector<std::string> guests_;
  bool other_half_fries_ = false;  // the half without two cookbooks
  nanoseconds now_{0};
};

}  // namespace

// These twenty evenings differ from each other more than the first twenty do.
Evening::Evening(int seed) { Planner(*this, 237 + seed); }

}  // namespace ch13
