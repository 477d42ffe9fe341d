// Takes where the needle points after one sleep, which may end early.

#include <fmt/format.h>

#include "chapters/08_asyncio_debug/exercises/three_awaits_deep.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

// Takes the beans off, however it ends.
struct TakeOff {
  Scale& scale;
  ~TakeOff() { scale.take_off(); }
};

asyncio::Coroutine<int> weigh(Scale& scale, int grams) {
  const TakeOff take_off{scale};
  scale.put(grams);
  co_await asyncio::sleep(scale.swings_for());
  co_return scale.needle();
}

asyncio::Coroutine<int> dose(Scale& scale, const Coffee& coffee) {
  co_await asyncio::sleep(coffee.grinding);
  const int shown = co_await weigh(scale, coffee.grams);
  co_return shown;
}

asyncio::Coroutine<int> brew(Scale& scale, const Coffee& coffee) {
  const int shown = co_await dose(scale, coffee);
  co_await asyncio::sleep(coffee.brewing);
  co_return shown;
}

}  // namespace

asyncio::Coroutine<std::string> make_coffee(Scale& scale, Coffee coffee) {
  const int grams = co_await brew(scale, coffee);
  co_return fmt::format("{}: {} g", coffee.guest, grams);
}

}  // namespace exercises
