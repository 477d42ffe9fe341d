// Nobody is slow, and all are late: why?

#include <chrono>
#include <vector>

#include "chapters/11_pulse/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/07_resource_warning.hpp"

namespace asyncio = ch11;

namespace {

using namespace std::chrono_literals;

// #region bell
// It rings every half second. With the sixth ring the tea room closes.
asyncio::Future<> set_the_bell(asyncio::EventLoop& loop) {
  const auto closing = loop.create_future();
  for (int i = 1; i <= 6; ++i) {
    const auto ring = [&loop, start = loop.time(), closing, i] {
      common::print("{:.1f} s: the bell",
                    common::to_seconds(loop.time() - start));
      if (i == 6) closing.set_result();
    };
    loop.call_later(i * 500ms, asyncio::named("ring", ring));
  }
  return closing;
}
// #endregion bell

// #region tea
asyncio::Coroutine<> tea_time(asyncio::EventLoop& loop, int cups, int batch) {
  co_await asyncio::sleep(700ms);
  for (int i = 1; i <= cups; ++i) {
    const auto pour = [&loop] { loop.clock().sleep(50ms); };
    loop.call_soon(asyncio::named("pour", pour));
    if (i % batch == 0) co_await asyncio::sleep(0s);
  }
}
// #endregion tea

// #region guests
asyncio::Coroutine<> guest(asyncio::Future<> bill) { co_await bill; }

asyncio::Coroutine<> open_the_door(asyncio::EventLoop& loop, int guests) {
  const auto bill = loop.create_future();
  const auto paid = loop.create_future();
  paid.set_result();
  std::vector<asyncio::Task<>> inside;
  for (int i = 1; i <= guests; ++i) {
    co_await asyncio::sleep(10ms);
    const bool stays = i % 10 != 0;
    inside.push_back(loop.create_task(guest(stays ? bill : paid)));
  }
  bill.set_result();
}
// #endregion guests

asyncio::Coroutine<> afternoon(asyncio::EventLoop& loop, int batch,
                               int guests) {
  const auto closing = set_the_bell(loop);
  co_await tea_time(loop, 40, batch);
  co_await open_the_door(loop, guests);
  co_await closing;
}

int program(int argc, char** argv) {
  bool debug = false;
  bool pulse = false;
  bool polite = false;
  bool guests = false;
  common::CommandLine command_line("Serves tea, in small cups.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.flag("pulse,p", pulse, "with --debug, log the pulse at the end");
  command_line.flag("polite", polite, "pour one cup in a turn, and not all");
  command_line.flag("guests,g", guests, "let 300 guests in, who stay");
  command_line.parse(argc, argv);

  asyncio::basic_config({.level = asyncio::INFO,
                         .format = "%(levelname)s: %(message)s",
                         .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  loop.set_debug(debug);
  loop.pulse_at_close = pulse;
  loop.run_until_complete(afternoon(loop, polite ? 1 : 40, guests ? 300 : 0));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
