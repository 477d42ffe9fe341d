// Where did the step's time go? A breakfast, and four places to lose time.

#include <chrono>
#include <memory>

#include "chapters/09_culprit/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/09_culprit.hpp"

namespace asyncio = ch09;

namespace {

using namespace std::chrono_literals;

// #region tea
asyncio::Coroutine<int> weigh(asyncio::EventLoop& loop) {
  loop.clock().sleep(200ms);
  co_return 17;
}

asyncio::Coroutine<> boil_water(asyncio::EventLoop& loop) {
  loop.clock().sleep(500ms);
  co_await asyncio::sleep(0s);
}

asyncio::Coroutine<> brew_tea(asyncio::EventLoop& loop) {
  const int grams = co_await weigh(loop);
  common::print("{} g of tea", grams);
  co_await boil_water(loop);
}
// #endregion tea

// #region toast
asyncio::Coroutine<> toast(asyncio::EventLoop& loop, int slices) {
  const auto hot = loop.create_future();
  hot.set_result();
  for (int i = 0; i < slices; ++i) {
    co_await hot;  // looks polite
    loop.clock().sleep(1ms);
  }
}
// #endregion toast

// #region tray
struct WashUp {
  void operator()(common::Clock* clock) const { clock->sleep(150ms); }
};
using Tray = std::unique_ptr<common::Clock, WashUp>;

asyncio::Coroutine<> serve([[maybe_unused]] Tray tray) {
  common::print("breakfast is ready");
  co_return;
}
// #endregion tray

// #region breakfast
asyncio::Coroutine<> breakfast(asyncio::EventLoop& loop) {
  co_await brew_tea(loop);
  co_await toast(loop, 300);
  co_await loop.create_task(serve(Tray(&loop.clock())), "serve");
}
// #endregion breakfast

int program(int argc, char** argv) {
  bool debug = false;
  auto limit = std::chrono::nanoseconds(100ms);
  common::CommandLine command_line("Makes breakfast, slowly.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.seconds("slow-callback-duration", limit,
                       "with --debug, what counts as slow");
  command_line.parse(argc, argv);

  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(debug);
  loop.slow_callback_duration = limit;
  loop.run_until_complete(breakfast(loop));
  common::print("all done after {:.2f} s", common::to_seconds(loop.time()));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
