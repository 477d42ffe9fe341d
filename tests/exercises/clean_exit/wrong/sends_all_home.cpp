// Cancels all tasks of the loop at the end, those of others too.

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

struct Oven {
  Cafe& cafe;
  asyncio::Ref<asyncio::TimerHandle> timer = {};

  void check_later() {
    const auto check = [this] {
      cafe.note("oven checked");
      check_later();
    };
    timer = cafe.loop.call_later(cafe.oven_every,
                                 asyncio::named("check_oven", check));
  }
};

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
  Oven oven{cafe};
  oven.check_later();
  std::exception_ptr complaint;
  try {
    for (const Guest& guest : cafe.guests) co_await serve(cafe, guest);
  } catch (const std::runtime_error&) {
    complaint = std::current_exception();
  }
  oven.timer->cancel();
  music.cancel();
  try {
    co_await music;
  } catch (const asyncio::CancelledError&) {
    // that is how it ends
  }
  co_await lock_up(cafe);
  // Nothing is left when the loop is closed.
  const auto self = asyncio::current_task();
  for (const auto& task : cafe.loop.all_tasks()) {
    if (task.get() != self.get()) task->cancel();
  }
  co_await asyncio::sleep(std::chrono::nanoseconds(0));
  if (complaint) std::rethrow_exception(complaint);
}

}  // namespace

void run_evening(Cafe& cafe) {
  std::exception_ptr complaint;
  try {
    cafe.loop.run_until_complete(evening(cafe));
  } catch (const std::runtime_error&) {
    complaint = std::current_exception();
  }
  cafe.loop.close();
  if (complaint) std::rethrow_exception(complaint);
}

}  // namespace exercises
