// Who holds the thread? Two greedy ones among the polite.

#include <chrono>
#include <string>

#include "chapters/06_slow_callback/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/06_slow_callback.hpp"

namespace asyncio = ch06;

namespace {

using namespace std::chrono_literals;

// #region polite
asyncio::Coroutine<> polite(asyncio::EventLoop& loop, int portions) {
  for (int i = 0; i < portions; ++i) {
    loop.clock().sleep(10ms);     // a little work,
    co_await asyncio::sleep(0s);  // then the others' turn
  }
}
// #endregion polite

// #region greedy
asyncio::Coroutine<std::string> greedy(asyncio::EventLoop& loop) {
  loop.clock().sleep(250ms);  // all the work at once
  co_await asyncio::sleep(0s);
  loop.clock().sleep(500ms);  // and more
  co_return "full";
}
// #endregion greedy

asyncio::Coroutine<> dinner(asyncio::EventLoop& loop) {
  co_await asyncio::gather(polite(loop, 20), greedy(loop));
}

int program(int argc, char** argv) {
  bool debug = false;
  auto limit = std::chrono::nanoseconds(100ms);
  common::CommandLine command_line("Feeds polite and greedy callbacks.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.seconds("slow-callback-duration", limit,
                       "with --debug, what counts as slow");
  command_line.parse(argc, argv);

  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(debug);
  loop.slow_callback_duration = limit;
  const auto start = loop.time();

  // #region late
  loop.call_later(20ms, [&loop, start] {
    common::print("the timer of 0.02 s runs after {:.2f} s",
                  common::to_seconds(loop.time() - start));
  });
  loop.call_soon(
      asyncio::named("gobble", [&loop] { loop.clock().sleep(150ms); }));
  // #endregion late
  loop.run_until_complete(dinner(loop));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
