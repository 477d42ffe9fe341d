// Measures how long a plate was on its way, and reminds of it when it has
// arrived.

#include "chapters/13_case_files/exercises/close_the_case.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <map>

namespace asyncio = ch12;

namespace {

using namespace std::chrono_literals;
using ch13::Order;
using ch13::OutOfStock;
using ch13::Recipe;
using ch13::Restaurant;

struct Kitchen {
  Restaurant& house;
  asyncio::EventLoop& loop = house.loop;
  // What has been brought from the cellar, or is on its way.
  std::map<std::string, asyncio::Future<>> shelf = {};
  asyncio::Future<> last_receipt = {};
  asyncio::Future<> closing = loop.create_future();
};

// --- What is needed ----------------------------------------------------------

asyncio::Coroutine<> fetch(Kitchen& kitchen, std::string ingredient) {
  const auto found = kitchen.shelf.find(ingredient);
  if (found != kitchen.shelf.end()) {
    co_await asyncio::shield(asyncio::Future(found->second));
    co_return;
  }
  const auto on_its_way = kitchen.loop.create_future();
  kitchen.shelf[ingredient] = on_its_way;
  try {
    co_await kitchen.house.bring_from_cellar(ingredient);
  } catch (...) {
    kitchen.shelf.erase(ingredient);  // perhaps there will be some later
    on_its_way.set_exception(std::current_exception());
    on_its_way.base()->ignore_exception();  // perhaps nobody waits
    throw;
  }
  on_its_way.set_result();
}

// --- Work at the table -------------------------------------------------------

asyncio::Coroutine<> peel(Kitchen& kitchen, int potatoes) {
  co_await asyncio::sleep(2ms);  // they are washed first
  for (int i = 0; i < potatoes; ++i) {
    kitchen.house.work("peeler");
    co_await asyncio::sleep(0s);
  }
}

asyncio::Coroutine<> chop(Kitchen& kitchen, int onions) {
  co_await asyncio::sleep(1ms);  // the knife is sharpened
  for (int i = 0; i < onions; ++i) {
    kitchen.house.work("knife");
    co_await asyncio::sleep(0s);
  }
}

asyncio::Coroutine<> whip(Kitchen& kitchen, int eggs) {
  co_await asyncio::sleep(2ms);  // the bowl is cooled
  for (int i = 0; i < eggs; ++i) {
    kitchen.house.work("whisk");
    co_await asyncio::sleep(0s);
  }
}

// --- Work at the stations ----------------------------------------------------

asyncio::Coroutine<> bake(Kitchen& kitchen, const Recipe& recipe) {
  auto& stations = kitchen.house.stations;
  const auto [first, second] =
      std::minmax(recipe.stations[0], recipe.stations[1]);
  const auto one = co_await stations.at(first).take();
  co_await asyncio::sleep(400ms);  // until it is hot
  const auto other = co_await stations.at(second).take();
  co_await asyncio::sleep(50ms);
}

asyncio::Coroutine<> fry(Kitchen& kitchen, const Recipe& recipe) {
  auto& stations = kitchen.house.stations;
  const auto [first, second] =
      std::minmax(recipe.stations[0], recipe.stations[1]);
  const auto one = co_await stations.at(first).take();
  co_await asyncio::sleep(300ms);  // until the fat is hot
  const auto other = co_await stations.at(second).take();
  co_await asyncio::sleep(30ms);
}

// --- Telling others ----------------------------------------------------------

// One screen in each turn.
void draw_from(Restaurant& house, int screen) {
  if (screen == house.screens()) return;
  house.draw(screen);
  const auto next = [&house, screen] { draw_from(house, screen + 1); };
  house.loop.call_soon(asyncio::named("draw", next));
}

void show_on_screens(Kitchen& kitchen) { draw_from(kitchen.house, 0); }

// One pager in each turn.
void buzz_from(Restaurant& house, int pager) {
  if (pager == house.pagers()) return;
  house.buzz(pager);
  const auto next = [&house, pager] { buzz_from(house, pager + 1); };
  house.loop.call_soon(asyncio::named("buzz", next));
}

void call_waiters(Kitchen& kitchen) { buzz_from(kitchen.house, 0); }

// --- Plates ------------------------------------------------------------------

asyncio::Coroutine<> keep_warm(Kitchen& kitchen) {
  kitchen.house.light_lamp();
  co_await asyncio::shield(asyncio::Future(kitchen.closing));
}

asyncio::Coroutine<> carry_to_bar(Kitchen& kitchen, const Order& order) {
  for (int i = 0; i < order.plates; ++i) {
    const auto lamp =
        kitchen.loop.create_task(keep_warm(kitchen), "lamp for " + order.guest);
    co_await kitchen.house.carry(order.guest);
    lamp.cancel();
  }
}

asyncio::Coroutine<> carry_to_table(Kitchen& kitchen, const Order& order) {
  for (int i = 0; i < order.plates; ++i) {
    const auto start = kitchen.loop.time();
    co_await kitchen.house.carry(order.guest);
    const auto took = kitchen.loop.time() - start;
    if (took >= 1s) kitchen.house.remind(order.guest);
  }
}

asyncio::Coroutine<> print_receipt(Kitchen& kitchen, const Order& order) {
  co_await asyncio::sleep(2ms);  // it is added up
  auto& printer = kitchen.house.printer;
  while (printer.is_full()) {
    co_await asyncio::shield(asyncio::Future(kitchen.last_receipt));
  }
  kitchen.last_receipt =
      printer.print(fmt::format("{} for {}", order.dish, order.guest));
  co_await asyncio::shield(asyncio::Future(kitchen.last_receipt));
}

// --- An evening --------------------------------------------------------------

asyncio::Coroutine<std::string> serve(Kitchen& kitchen, Order order) {
  show_on_screens(kitchen);
  const Recipe& recipe = kitchen.house.recipe(order.dish);
  try {
    co_await fetch(kitchen, recipe.ingredient);
  } catch (const OutOfStock&) {
    co_return fmt::format("{}: no {} today", order.guest, order.dish);
  }
  co_await peel(kitchen, recipe.potatoes);
  co_await chop(kitchen, recipe.onions);
  co_await whip(kitchen, recipe.eggs);
  if (recipe.fried) {
    co_await fry(kitchen, recipe);
  } else {
    co_await bake(kitchen, recipe);
  }
  call_waiters(kitchen);
  if (order.to_bar) {
    co_await carry_to_bar(kitchen, order);
  } else {
    co_await carry_to_table(kitchen, order);
  }
  co_await print_receipt(kitchen, order);
  co_return fmt::format("{}: {}, plates: {}", order.guest, order.dish,
                        order.plates);
}

// Some of what was said at the door; nothing, if it is closed.
asyncio::Coroutine<std::string> listen(Kitchen& kitchen) {
  const int door = kitchen.house.door();
  const auto readable = kitchen.loop.create_future();
  kitchen.loop.add_reader(door, asyncio::named("door", [readable] {
                            if (!readable.done()) readable.set_result();
                          }));
  co_await readable;
  kitchen.loop.remove_reader(door);
  std::array<char, 256> bytes;
  const auto size = ::read(door, bytes.data(), bytes.size());
  if (size < 0) common::throw_errno("read(the door)");
  co_return std::string(bytes.data(), static_cast<std::size_t>(size));
}

}  // namespace

asyncio::Coroutine<std::vector<std::string>> exercises::work_tonight(
    Restaurant& house) {
  Kitchen kitchen{house};
  std::vector<asyncio::Task<std::string>> guests;
  std::string said;
  for (std::string more; !(more = co_await listen(kitchen)).empty();) {
    said += more;
    for (auto end = said.find('\n'); end != std::string::npos;
         end = said.find('\n')) {
      const Order order = ch13::parse_order(said.substr(0, end));
      guests.push_back(
          kitchen.loop.create_task(serve(kitchen, order), order.guest));
      said.erase(0, end + 1);
    }
  }
  auto lines = co_await asyncio::gather(std::move(guests));
  co_return lines;
}
