// The radio plays for a day, and then goes off by itself.

#include <exception>
#include <stdexcept>

#include "chapters/07_resource_warning/exercises/clean_exit.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Coroutine<> radio(Cafe& cafe) {
  cafe.note("radio on");
  try {
    co_await asyncio::sleep(std::chrono::hours(24));
  } catch (const asyncio::CancelledError&) {
    cafe.note("radio off");
    throw;
  }
  cafe.note("radio off");
}

class Oven {
 public:
  explicit Oven(Cafe& cafe) : cafe_(cafe) { check_later(); }
  Oven(const Oven&) = delete;
  Oven& operator=(const Oven&) = delete;
  ~Oven() { timer_->cancel(); }

 private:
  void check_later() {
    const auto check = [this] {
      cafe_.note("oven checked");
      check_later();
    };
    timer_ = cafe_.loop.call_later(cafe_.oven_every,
                                   asyncio::named("check_oven", check));
  }

  Cafe& cafe_;
  asyncio::Ref<asyncio::TimerHandle> timer_;
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
  std::exception_ptr complaint;
  try {
    const Oven oven(cafe);
    for (const Guest& guest : cafe.guests) co_await serve(cafe, guest);
  } catch (const std::runtime_error&) {
    complaint = std::current_exception();
  }
  music.cancel();
  try {
    co_await music;
  } catch (const asyncio::CancelledError&) {
    // That is what we asked for.
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
  cafe.loop.close();
}

}  // namespace exercises
