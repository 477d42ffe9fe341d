// What did we leave open? One specimen of everything that gets lost.

#include <chrono>
#include <source_location>
#include <stdexcept>

#include "chapters/07_resource_warning/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"
#include "common/unique_fd.hpp"

namespace asyncio = ch07;

namespace {

using namespace std::chrono_literals;

// #region forgotten
// The last parameter is how a coroutine learns where it was created.
asyncio::Coroutine<> forgotten(
    std::source_location = std::source_location::current()) {
  common::print("never printed");
  co_return;
}
// #endregion forgotten

asyncio::Coroutine<> waits_for_ever(
    asyncio::Future<> future,
    std::source_location = std::source_location::current()) {
  co_await future;
}

asyncio::Coroutine<> fails() {
  throw std::runtime_error("nobody asked");
  co_return;
}

asyncio::Coroutine<> specimens(asyncio::EventLoop& loop) {
  // #region lost_coroutine
  common::print("1. a coroutine that nobody awaits");
  {
    auto lost = forgotten();
  }
  // #endregion lost_coroutine

  // #region lost_task
  common::print("2. a pending task that nobody holds");
  {
    const auto lost = loop.create_task(waits_for_ever(loop.create_future()));
  }
  co_await asyncio::sleep(0s);
  // #endregion lost_task

  // #region lost_errors
  common::print("3. a task whose error nobody looks at");
  {
    const auto lost = loop.create_task(fails());
  }
  co_await asyncio::sleep(0s);

  common::print("4. a future whose error nobody looks at");
  loop.create_future<int>().set_exception(std::runtime_error("unheard"));
  // #endregion lost_errors
}

// #region left_at_close
void leave_everything(asyncio::EventLoop& loop) {
  loop.call_soon(asyncio::named("too_late", [] {}));
  loop.call_later(1h, asyncio::named("much_too_late", [] {}));
  const auto pipe = common::make_pipe();
  loop.add_reader(pipe.read.get(), asyncio::named("on_readable", [] {}));
  const auto pending =
      loop.create_task(waits_for_ever(loop.create_future()), "hangs");
  try {
    loop.close();
  } catch (const asyncio::WarningError& warning) {
    common::print("close() threw {}", warning.describe());
  }
}
// #endregion left_at_close

int program(int argc, char** argv) {
  bool debug = false;
  bool error = false;
  common::CommandLine command_line("Loses one thing of each kind.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.flag("error", error, "make the warnings errors");
  command_line.parse(argc, argv);

  asyncio::simplefilter(error ? "error" : "always");
  asyncio::basic_config(
      {.format = "%(levelname)s: %(message)s", .stream = stderr});

  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(debug);
  loop.run_until_complete(specimens(loop));
  common::print("5. a loop closed with everything still in it");
  leave_everything(loop);

  common::print("6. a loop that nobody closes");
  const common::Recorded<asyncio::EventLoop> unclosed(command_line);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
