// Two tasks that wait for a future. Nothing sets the second one.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "chapters/03_coroutine_task/event_loop.hpp"
#include "common/clock.hpp"
#include "common/command_line.hpp"

namespace asyncio = ch03;

namespace {

using namespace std::chrono_literals;

asyncio::Coroutine<> drink(asyncio::Future<std::string> cup) {
  fmt::print("drinking {}\n", co_await cup);
}

int program(int, char**) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // a line at a time
  common::VirtualClock clock;
  asyncio::EventLoop loop(clock);
  // #region set
  const auto tea = loop.create_future<std::string>();
  loop.call_later(1s, [&tea] { tea.set_result("tea"); });
  loop.run_until_complete(drink(tea));
  // #endregion set

  // #region ask
  loop.call_later(5s, [&loop] {
    for (const auto& task : loop.all_tasks()) task->print_stack(stdout);
    loop.stop();
  });
  // #endregion ask

  // #region hangs
  const auto coffee = loop.create_future<std::string>();
  loop.run_until_complete(drink(coffee));
  // #endregion hangs
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
