// Brews first, and weighs after that.

#include <fmt/format.h>

#include "chapters/08_asyncio_debug/exercises/three_awaits_deep.hpp"

namespace asyncio = ch07;

namespace exercises {

namespace {

class OnScale {
 public:
  OnScale(Scale& scale, int grams) : scale_(scale) { scale_.put(grams); }
  OnScale(const OnScale&) = delete;
  OnScale& operator=(const OnScale&) = delete;
  ~OnScale() { scale_.take_off(); }

 private:
  Scale& scale_;
};

asyncio::Coroutine<int> weigh(Scale& scale, int grams) {
  const OnScale beans(scale, grams);
  co_await asyncio::sleep(scale.swings_for());
  co_return scale.read();
}

asyncio::Coroutine<int> dose(Scale& scale, const Coffee& coffee) {
  co_await asyncio::sleep(coffee.grinding);
  const int shown = co_await weigh(scale, coffee.grams);
  co_return shown;
}

asyncio::Coroutine<int> brew(Scale& scale, const Coffee& coffee) {
  co_await asyncio::sleep(coffee.brewing);
  const int shown = co_await dose(scale, coffee);
  co_return shown;
}

}  // namespace

asyncio::Coroutine<std::string> make_coffee(Scale& scale, Coffee coffee) {
  const int grams = co_await brew(scale, coffee);
  co_return fmt::format("{}: {} g", coffee.guest, grams);
}

}  // namespace exercises
