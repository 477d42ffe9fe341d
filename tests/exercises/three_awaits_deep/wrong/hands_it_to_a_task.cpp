// Gives the work to a task of its own, and waits for a message from it.

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

asyncio::Coroutine<int> brew(Scale& scale, Coffee coffee) {
  const int shown = co_await dose(scale, coffee);
  co_await asyncio::sleep(coffee.brewing);
  co_return shown;
}

}  // namespace

asyncio::Coroutine<std::string> make_coffee(Scale& scale, Coffee coffee) {
  auto& loop = asyncio::get_running_loop();
  const auto over = loop.create_future<int>();
  const auto work = loop.create_task(brew(scale, coffee));
  work.add_done_callback([over](const asyncio::Future<int>& done) {
    if (!over.done()) over.set_result(done.result());
  });
  const int grams = co_await over;
  co_return fmt::format("{}: {} g", coffee.guest, grams);
}

}  // namespace exercises
