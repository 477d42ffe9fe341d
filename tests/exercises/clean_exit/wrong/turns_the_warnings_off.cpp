// Leaves all that it began, and turns off what would say so.

#include <stdexcept>

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Coroutine<> radio(Cafe& cafe) {
  cafe.note("radio on");
  try {
    for (;;) co_await asyncio::sleep(std::chrono::hours(1));
  } catch (const asyncio::CancelledError&) {
    cafe.note("radio off");
    throw;
  }
}

void check_oven_later(Cafe& cafe) {
  const auto check = [&cafe] {
    cafe.note("oven checked");
    check_oven_later(cafe);
  };
  cafe.loop.call_later(cafe.oven_every, asyncio::named("check_oven", check));
}

asyncio::Coroutine<> serve(Cafe& cafe, const Guest& guest) {
  co_await asyncio::sleep(guest.takes);
  if (guest.complains) throw std::runtime_error(guest.name + " complains");
  cafe.note("served " + guest.name);
}

asyncio::Coroutine<> lock_up(Cafe& cafe) {
  co_await asyncio::sleep(cafe.locking);
  cafe.note("locked");
}

asyncio::Coroutine<> evening(Cafe& cafe) {
  const auto music = cafe.loop.create_task(radio(cafe), "radio");
  check_oven_later(cafe);
  for (const Guest& guest : cafe.guests) co_await serve(cafe, guest);
  const auto end = lock_up(cafe);
}

}  // namespace

void run_evening(Cafe& cafe) {
  asyncio::simplefilter("ignore");
  cafe.loop.set_exception_handler(
      [](ch02::EventLoop&, const asyncio::ExceptionContext&) {});
  cafe.loop.run_until_complete(evening(cafe));
  cafe.loop.close();
}

}  // namespace exercises
