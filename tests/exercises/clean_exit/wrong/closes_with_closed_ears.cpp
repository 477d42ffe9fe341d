// Ignores resource warnings while the loop is closed: those about others, too.

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"

#include <exception>

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

// Keeps the handle of the newest timer.
void check_oven_later(Cafe& cafe, common::Ref<asyncio::TimerHandle>& oven) {
  const auto check = [&cafe, &oven] {
    cafe.note("oven checked");
    check_oven_later(cafe, oven);
  };
  oven = cafe.loop.call_later(cafe.oven_every,
                              asyncio::named("check_oven", check));
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
  common::Ref<asyncio::TimerHandle> oven;
  check_oven_later(cafe, oven);
  std::exception_ptr complaint;
  try {
    for (const Guest& guest : cafe.guests) co_await serve(cafe, guest);
  } catch (const std::runtime_error&) {
    complaint = std::current_exception();
  }
  oven->cancel();
  music.cancel();
  try {
    co_await music;
  } catch (const asyncio::CancelledError&) {
  }
  co_await lock_up(cafe);
  if (complaint) std::rethrow_exception(complaint);
}

}  // namespace

void run_evening(Cafe& cafe) {
  try {
    cafe.loop.run_until_complete(evening(cafe));
  } catch (...) {
    cafe.loop.close();
    throw;
  }
  const asyncio::CatchWarnings quiet;
  asyncio::simplefilter("ignore", asyncio::ResourceWarning);
  cafe.loop.close();
}

}  // namespace exercises
