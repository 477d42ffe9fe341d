// Makes the limit larger for the evening, and puts it back at the end.

#include "chapters/13_case_files/exercises/close_the_case.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <utility>

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
  // Receipts that are not confirmed yet, the oldest first.
  std::deque<asyncio::Future<>> receipts = {};
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
  } catch (const OutOfStock&) {
    kitchen.shelf.erase(ingredient);  // perhaps there will be some later
    on_its_way.set_exception(std::current_exception());
    on_its_way.base()->ignore_exception();
    throw;
  }
  on_its_way.set_result();
}

// --- Work at the table -------------------------------------------------------

asyncio::Coroutine<> peel(Kitchen& kitchen, int potatoes) {
  co_await asyncio::sleep(2ms);  // they are washed first
  for (int i = 0; i < potatoes; ++i) kitchen.house.work("peeler");
}

asyncio::Coroutine<> chop(Kitchen& kitchen, int onions) {
  co_await asyncio::sleep(1ms);  // the knife is sharpened
  for (int i = 0; i < onions; ++i) kitchen.house.work("knife");
}

asyncio::Coroutine<> whip(Kitchen& kitchen, int eggs) {
  co_await asyncio::sleep(2ms);  // the bowl is cooled
  for (int i = 0; i < eggs; ++i) kitchen.house.work("whisk");
}

// --- Work at the stations ----------------------------------------------------

// Everybody takes the same one first.
std::size_t lower(const Recipe& recipe) {
  return std::min(recipe.stations[0], recipe.stations[1]);
}
std::size_t upper(const Recipe& recipe) {
  return std::max(recipe.stations[0], recipe.stations[1]);
}

asyncio::Coroutine<> bake(Kitchen& kitchen, const Recipe& recipe) {
  auto& stations = kitchen.house.stations;
  const auto one = co_await stations.at(lower(recipe)).take();
  co_await asyncio::sleep(400ms);  // until it is hot
  const auto other = co_await stations.at(upper(recipe)).take();
  co_await asyncio::sleep(50ms);
}

asyncio::Coroutine<> fry(Kitchen& kitchen, const Recipe& recipe) {
  auto& stations = kitchen.house.stations;
  const auto one = co_await stations.at(lower(recipe)).take();
  co_await asyncio::sleep(300ms);  // until the fat is hot
  const auto other = co_await stations.at(upper(recipe)).take();
  co_await asyncio::sleep(30ms);
}

// --- Telling others ----------------------------------------------------------

asyncio::Coroutine<> show_on_screens(Kitchen& kitchen) {
  for (int i = 0; i < kitchen.house.screens(); ++i) {
    kitchen.house.draw(i);
    if (i % 5 == 4) co_await asyncio::sleep(0s);
  }
}

asyncio::Coroutine<> call_waiters(Kitchen& kitchen) {
  for (int i = 0; i < kitchen.house.pagers(); ++i) {
    kitchen.house.buzz(i);
    if (i % 5 == 4) co_await asyncio::sleep(0s);
  }
}

// --- Plates ------------------------------------------------------------------

asyncio::Coroutine<> carry_to_bar(Kitchen& kitchen, const Order& order) {
  for (int i = 0; i < order.plates; ++i) {
    kitchen.house.light_lamp();
    co_await kitchen.house.carry(order.guest);
  }
}

asyncio::Coroutine<> carry_to_table(Kitchen& kitchen, const Order& order) {
  for (int i = 0; i < order.plates; ++i) {
    const auto remind = [&house = kitchen.house, guest = order.guest] {
      house.remind(guest);
    };
    const auto reminder =
        kitchen.loop.call_later(1s, asyncio::named("remind", remind));
    co_await kitchen.house.carry(order.guest);
    reminder->cancel();
  }
}

asyncio::Coroutine<> print_receipt(Kitchen& kitchen, const Order& order) {
  co_await asyncio::sleep(2ms);  // it is added up
  auto& printer = kitchen.house.printer;
  while (printer.is_full()) {
    while (!kitchen.receipts.empty() && kitchen.receipts.front().done()) {
      kitchen.receipts.pop_front();
    }
    if (kitchen.receipts.empty()) {
      co_await asyncio::sleep(1ms);
    } else {
      co_await asyncio::shield(asyncio::Future(kitchen.receipts.front()));
    }
  }
  const auto receipt =
      printer.print(fmt::format("{} for {}", order.dish, order.guest));
  kitchen.receipts.push_back(receipt);
  co_await asyncio::shield(asyncio::Future(receipt));
}

// Peeling with an old peeler takes its time, and that is no reason to complain:
// the limit is larger for this evening, and then as it was before.
class Patience {
 public:
  explicit Patience(asyncio::EventLoop& loop)
      : loop_(loop), before_(loop.slow_callback_duration) {
    loop_.slow_callback_duration = std::chrono::seconds(10);
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() { loop_.slow_callback_duration = before_; }

 private:
  asyncio::EventLoop& loop_;
  common::Duration before_;
};

// --- An evening --------------------------------------------------------------

asyncio::Coroutine<std::string> serve(Kitchen& kitchen, Order order) {
  co_await show_on_screens(kitchen);
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
  co_await call_waiters(kitchen);
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
  const Patience patience(kitchen.loop);
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
  co_return co_await asyncio::gather(std::move(guests));
}
