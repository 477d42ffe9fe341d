// Who made this, and where? The same mistakes, without and with debug mode.

#include <chrono>
#include <stdexcept>
#include <thread>

#include "chapters/05_set_debug/event_loop.hpp"
#include "common/command_line.hpp"
#include "common/print.hpp"
#include "common/trace/04_logging.hpp"

namespace asyncio = ch05;

namespace {

using namespace std::chrono_literals;

// #region wrong_thread
// The mistake: call_soon() belongs to the thread that runs the loop.
void call_from_a_thread(asyncio::EventLoop& loop) {
  std::thread thread([&loop] {
    try {
      loop.call_soon([] { common::print("it ran, by luck"); });
      common::print("the thread got away with it");
    } catch (const std::runtime_error& error) {
      common::print("the thread was stopped: {}", error.what());
    }
  });
  thread.join();
}
// #endregion wrong_thread

// #region waits_for
asyncio::Coroutine<> waits_for(asyncio::Future<int> answer) {
  const int number = co_await answer;
  common::print("the answer is {}", number);
}
// #endregion waits_for

// #region lost_callback
asyncio::Coroutine<> lose_track(asyncio::EventLoop& loop) {
  const auto answer = loop.create_future<int>();
  const auto waiting = loop.create_task(waits_for(answer));
  loop.call_later(100ms, asyncio::named("answer_late", [answer] {
                    answer.set_result(42);
                    answer.set_result(43);  // once too often
                  }));
  co_await asyncio::sleep(0s);
  common::print("who waits for what?\n  {}", waiting.repr());
  co_await waiting;
}
// #endregion lost_callback

int program(int argc, char** argv) {
  bool debug = false;
  common::CommandLine command_line("Makes two mistakes.");
  command_line.flag("debug,d", debug, "switch debug mode on");
  command_line.parse(argc, argv);

  asyncio::basic_config({.level = asyncio::DEBUG,
                         .format = "%(levelname)s: %(message)s",
                         .stream = stdout});
  common::Recorded<asyncio::EventLoop> loop(command_line);
  if (debug) loop.set_debug(true);
  common::print("{}", loop.repr());

  loop.call_soon([&loop] { call_from_a_thread(loop); });
  loop.run_until_complete(lose_track(loop));
  loop.close();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return common::run_program(program, argc, argv);
}
