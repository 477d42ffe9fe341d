// Exercise three_awaits_deep (chapter 8), a hunt: who blocks the loop?
//
//   ./workbook check three_awaits_deep    judges this file
//   ./workbook hint three_awaits_deep     says a little more, each time

#include <fmt/format.h>

#include "chapters/08_asyncio_debug/exercises/three_awaits_deep.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

asyncio::Coroutine<int> weigh(Scale& scale, int grams) {
  scale.put(grams);
  const int shown = scale.read();
  scale.take_off();
  co_return shown;
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

// TODO: the report of debug mode names a line of this function, but what blocks
// is deeper. Follow each co_await down, and wait there with asyncio::sleep().
// Then a heartbeat beside the coffee is never late.
asyncio::Coroutine<std::string> make_coffee(Scale& scale, Coffee coffee) {
  const int grams = co_await brew(scale, coffee);
  co_return fmt::format("{}: {} g", coffee.guest, grams);
}

}  // namespace exercises
