// Tastes what is in the oven before it lets the CancelledError through.

#include "chapters/06_slow_callback/exercises/greedy_cook.hpp"

#include <exception>

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
  std::exception_ptr error;
  try {
    co_await roast(dish);
  } catch (const ch06::CancelledError&) {
    error = std::current_exception();
  }
  for (int spoon = 0; spoon < 3; ++spoon) kitchen.work(dish, "taste", 2ms);
  if (error) std::rethrow_exception(error);
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
