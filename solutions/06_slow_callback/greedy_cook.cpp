// Exercise greedy_cook (chapter 6), solved.
//
// The report names the line where cook_dish() waits, and that is the oven:
// innocent, for there the step ended. It began behind the last vegetable. In
// between make_sauce() ran, and its co_await looks polite. But stir() never
// suspends: to await a coroutine is to call it, and only a wait at the end of
// the chain lets others run. A sleep of zero does, once for each round.
//
// chop() was right, and roast() waits long but blocks no other task. The last
// three spoons have no co_await between them, and need none: they take 6 ms.
//
// Another way: put the sleep into stir(), which is then polite to all that call
// it. Or let others in after every second round: 30 ms are allowed.

#include "chapters/06_slow_callback/exercises/greedy_cook.hpp"

namespace exercises {

namespace {

using namespace std::chrono_literals;

ch06::Coroutine<> chop(Kitchen& kitchen, const Dish& dish) {
  for (int i = 0; i < dish.vegetables; ++i) {
    kitchen.work(dish, "chop", 10ms);
    co_await ch06::sleep(0s);
  }
}

ch06::Coroutine<> stir(Kitchen& kitchen, const Dish& dish) {
  kitchen.work(dish, "stir", 15ms);
  co_return;
}

ch06::Coroutine<> make_sauce(Kitchen& kitchen, const Dish& dish) {
  for (int i = 0; i < dish.rounds; ++i) {
    co_await stir(kitchen, dish);
    co_await ch06::sleep(0s);  // a wait, which stir() is not
  }
}

ch06::Coroutine<> roast(const Dish& dish) {
  co_await ch06::sleep(dish.roasting);
}

ch06::Coroutine<> cook_dish(Kitchen& kitchen, const Dish& dish) {
  co_await chop(kitchen, dish);
  co_await make_sauce(kitchen, dish);
  co_await roast(dish);
  for (int spoon = 0; spoon < 3; ++spoon) kitchen.work(dish, "taste", 2ms);
}

}  // namespace

ch06::Coroutine<> cook_dinner(Kitchen& kitchen, std::vector<Dish> dishes) {
  std::vector<ch06::Task<>> tasks;
  for (const Dish& dish : dishes) {
    tasks.push_back(ch06::create_task(cook_dish(kitchen, dish), dish.name));
  }
  co_await ch06::gather(tasks);
}

}  // namespace exercises
