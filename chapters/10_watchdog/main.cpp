// Who barks while it burns? A breakfast, and a kettle that takes its time.

#include <chrono>

#include "chapters/10_watchdog/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace asyncio = ch10;

namespace {

using namespace std::chrono_literals;

// #region tea
void heat(common::Clock& clock, std::chrono::nanoseconds duration) {
  clock.sleep(duration);
}

asyncio::Coroutine<> boil_water(common::Clock& clock,
                                std::chrono::nanoseconds duration) {
  co_await asyncio::sleep(10ms);  // fills the kettle
  heat(clock, duration);
}

asyncio::Coroutine<> brew_tea(common::Clock& clock,
                              std::chrono::nanoseconds duration) {
  co_await boil_water(clock, duration);
  common::print("tea is ready");
}
// #endregion tea

// #region breakfast
asyncio::Coroutine<> breakfast(asyncio::EventLoop& loop,
                               std::chrono::nanoseconds kettle) {
  const auto start = loop.time();
  loop.call_later(50ms, asyncio::named("door_bell", [&loop, start] {
                    common::print("the door bell rings at {:.2f} s",
                                  common::to_seconds(loop.time() - start));
                  }));
  co_await brew_tea(loop.clock(), kettle);
  co_await asyncio::sleep(100ms);
}
// #endregion breakfast

int program(int argc, char** argv) {
  bool debug = false;
  bool no_watchdog = false;
  auto kettle = std::chrono::nanoseconds(1500ms);
  common::CommandLine command_line("Makes tea in a slow kettle.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.flag("no-watchdog", no_watchdog, "with --debug, but without it");
  command_line.seconds("kettle", kettle, "how long the kettle takes");
  command_line.parse(argc, argv);

  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(debug);
  loop.watchdog = !no_watchdog;
  loop.run_until_complete(breakfast(loop, kettle));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
